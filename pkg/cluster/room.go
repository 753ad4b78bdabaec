package cluster

import (
	"context"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"

	"github.com/rollguard/rollguard/pkg/capacity"
)

// rooms know what volume claims and quotas leave to new Pods, in every namespace.
type rooms struct {
	client typedcorev1.CoreV1Interface
	claims *reflected[capacity.Sharing]
	quotas *reflected[capacity.Quota]
}

func newRooms(client typedcorev1.CoreV1Interface, log *zap.Logger) *rooms {
	return &rooms{
		client: client,
		claims: newReflected("PersistentVolumeClaim", func(o runtime.Object) capacity.Sharing {
			claim, ok := o.(*corev1.PersistentVolumeClaim)
			if !ok {
				return capacity.NotKnown
			}
			return capacity.OfClaim(claim)
		}, log),
		quotas: newReflected("ResourceQuota", func(o runtime.Object) capacity.Quota {
			quota, ok := o.(*corev1.ResourceQuota)
			if !ok {
				return capacity.Quota{}
			}
			return capacity.OfQuota(quota)
		}, log),
	}
}

// run keeps them up to date until ctx ends.
func (r *rooms) run(ctx context.Context) {
	go reflect(ctx, r.client.PersistentVolumeClaims(corev1.NamespaceAll), &corev1.PersistentVolumeClaim{}, r.claims)
	reflect(ctx, r.client.ResourceQuotas(corev1.NamespaceAll), &corev1.ResourceQuota{}, r.quotas)
}

func (r *rooms) ready() bool { return r.claims.ready() && r.quotas.ready() }

func (r *rooms) of(namespace string) capacity.Room {
	return capacity.Room{Claims: r.claims.in(namespace), Quotas: r.quotas.in(namespace)}
}
