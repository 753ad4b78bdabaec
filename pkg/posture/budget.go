package posture

import (
	"sync/atomic"

	"k8s.io/client-go/util/flowcontrol"
)

// budget is how many repairs there may be in the whole cluster.
type budget struct {
	limiter atomic.Pointer[flowcontrol.PassiveRateLimiter]
}

// limit begins anew with a number for each minute, all of which may come at once.
func (b *budget) limit(perMinute int) {
	limiter := flowcontrol.NewTokenBucketPassiveRateLimiter(float32(perMinute)/60, max(perMinute, 1))
	b.limiter.Store(&limiter)
}

// take tells whether there may be one more now.
func (b *budget) take() bool { return (*b.limiter.Load()).TryAccept() }

// LimitRepairs says anew how many repairs there may be in a minute.
func (l *Loop) LimitRepairs(perMinute int) { l.repairs.limit(perMinute) }
