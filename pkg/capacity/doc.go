// Package capacity knows what may keep a new Pod from running beside the old ones,
// though the Deployment itself would allow it: volumes that one Pod or one node has for
// itself, and quotas that are used up.
//
// A [Room] is plain data about one namespace. The live cluster and manifests are read
// into it; rules only look.
package capacity

// Room is what a namespace leaves to a new Pod. The zero value knows nothing.
type Room struct {
	// Claims tells for each PersistentVolumeClaim, by name, who may use it at the same
	// time. A claim that is not in it is not known.
	Claims map[string]Sharing
	// Quotas are the ResourceQuotas, by name.
	Quotas map[string]Quota
}
