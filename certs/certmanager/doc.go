// Package certmanager is the certificate source for clusters with cert-manager: its
// controllers fill a Secret from a Certificate, the kubelet mounts the Secret, and this
// source serves the mounted files, as certs.File does.
//
// What it adds is the reason. It watches the Certificate, so that a serving certificate
// that is absent, or is not renewed, comes with what cert-manager says about it instead
// of "no such file". A Certificate that cannot be read, because the right or the whole
// CustomResourceDefinition is missing, changes nothing about what is served: it is a
// Trouble, told of once, and looked for again.
//
// Of cert-manager only the API types are used, and only here: no controller of it runs
// in Rollguard, and its client brings more than one watch needs.
//
// # Permissions
//
// In the own namespace, a Role:
//
//	apiGroups: [cert-manager.io], resources: [certificates], resourceNames: [<Name>]
//	verbs: [get, list, watch]
//
// list and watch are granted by name because they are asked for with the field selector
// metadata.name, which RBAC takes for the resource name.
package certmanager
