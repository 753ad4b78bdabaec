// Package cluster is the live state: what a request must know of the cluster, kept
// ready in memory.
//
// Informers feed it. Each namespace has one immutable topology graph, built when it
// is first asked for and thrown away when something in it changes, so that an
// admission is a map read and a walk over the Services of one Deployment. Cached
// objects are stripped to the fields in use.
//
// It reads Namespaces (metadata only), Ingresses, IngressClasses, Services, the access
// modes of PersistentVolumeClaims, ResourceQuotas and, where they exist,
// IngressClassParams. It writes nothing.
package cluster
