package capacity

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Sharing says who may use a volume at the same time.
type Sharing uint8

// The ways to share a volume.
const (
	// NotKnown: nothing may be concluded.
	NotKnown Sharing = iota
	// OnePod: ReadWriteOncePod. The scheduler lets no second Pod have it (KEP-2485).
	OnePod
	// OneNode: ReadWriteOnce. Pods of one node share it; on another node a Pod waits until
	// it is detached, as two Pods of one rollout would for ever.
	OneNode
	// ManyNodes: ReadWriteMany or ReadOnlyMany.
	ManyNodes
)

// OfClaim judges as those do who decide in the end: the scheduler looks for
// ReadWriteOncePod in the claim (plugin volumerestrictions), the attach controller for
// any mode of many nodes in the volume, whose modes are the claim's status once it is
// bound (pkg/controller/volume/attachdetach/util, isMultiAttachForbidden).
func OfClaim(c *corev1.PersistentVolumeClaim) Sharing {
	has := func(mode corev1.PersistentVolumeAccessMode) bool {
		return slices.Contains(c.Spec.AccessModes, mode) || slices.Contains(c.Status.AccessModes, mode)
	}
	switch {
	case has(corev1.ReadWriteOncePod):
		return OnePod
	case has(corev1.ReadWriteMany), has(corev1.ReadOnlyMany):
		return ManyNodes
	case has(corev1.ReadWriteOnce):
		return OneNode
	}
	return NotKnown
}
