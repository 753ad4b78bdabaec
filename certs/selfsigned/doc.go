// Package selfsigned is the certificate source that needs nothing but the API
// server: its own certificate authority, kept in one Secret, whose certificate it
// writes into the caBundle of one MutatingWebhookConfiguration.
//
// # How it works
//
// Every replica runs the same loop: read the Secret and the configuration, decide
// (plan.go, pure), act, and wait for a change or the next re-check. There is no
// leader. Every write carries the resourceVersion that the decision was based on,
// so of the replicas that want the same thing one wins and the others read what it
// wrote.
//
// An authority is replaced in three steps, because API servers must trust the new
// one before it signs anything that is served:
//
//  1. stage: the successor is put into the Secret beside the authority, and into
//     the bundle;
//  2. promote: when every webhook of the configuration has trusted the successor
//     for Settle, it becomes the authority and signs a new serving certificate;
//  3. reduce: Overlap later the old one leaves the bundle.
//
// A Secret that was deleted or damaged is written again from memory, so that
// nothing changes for anybody; only when no replica remembers it is there a new
// authority. A replica that finds one which the configuration does not trust yet
// goes on serving what it has. A certificate in the bundle that is not ours is kept
// for Overlap, as another replica may still serve under it, and then removed.
//
// The configuration may be absent, at the start or later: it is written when it
// appears, and until then nobody calls us. When it and the Secret are both gone while
// a certificate is served, Rollguard is being uninstalled: nothing is written then,
// so that nothing stays behind.
//
// The configuration must have no other writer of its bundle: no annotation
// cert-manager.io/inject-ca-from, and no caBundle under a GitOps tool that puts its
// own value back.
//
// # Permissions
//
// In the own namespace, a Role:
//
//	apiGroups: [""], resources: [secrets], resourceNames: [<SecretName>]
//	verbs: [get, list, watch, patch]
//
//	apiGroups: [""], resources: [secrets]
//	verbs: [create]
//
// The second rule cannot name the Secret: RBAC does not see the name of an object
// that is being created. It is not needed where an empty Secret is installed along
// with the webhook; then only the healing of a deleted Secret is lost.
//
// In the cluster, a ClusterRole:
//
//	apiGroups: [admissionregistration.k8s.io]
//	resources: [mutatingwebhookconfigurations], resourceNames: [<ConfigurationName>]
//	verbs: [get, list, watch, patch]
//
// list and watch are granted by name because they are asked for with the field
// selector metadata.name, which RBAC takes for the resource name.
package selfsigned
