package cluster

import (
	"maps"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/api"
)

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// strip drops what nobody reads from objects on their way into the cache. It may be
// called twice for one object (LBC issue 4881), and gets tombstones too.
func strip(obj any) (any, error) {
	if o, ok := obj.(metav1.Object); ok {
		o.SetManagedFields(nil)
		o.SetOwnerReferences(nil)
		delete(o.GetAnnotations(), lastApplied)
	}
	switch o := obj.(type) {
	case *corev1.PersistentVolumeClaim:
		o.Labels, o.Annotations, o.Finalizers = nil, nil, nil
		o.Spec = corev1.PersistentVolumeClaimSpec{AccessModes: o.Spec.AccessModes}
		o.Status = corev1.PersistentVolumeClaimStatus{AccessModes: o.Status.AccessModes}
	case *metav1.PartialObjectMetadata: // a Namespace
		o.Finalizers = nil
		maps.DeleteFunc(o.Annotations, func(key, _ string) bool { return !strings.HasPrefix(key, api.Prefix) })
	case metav1.Object:
		o.SetFinalizers(nil)
	}
	return obj, nil
}
