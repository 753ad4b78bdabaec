package policy

import (
	"fmt"
	"time"

	"github.com/rollguard/rollguard/pkg/workload"
)

// longestOnSpot leaves half a minute of the two that a Spot instance gives before it
// is taken away. A node that shuts down for another reason may give less.
const longestOnSpot = 90 * time.Second

func longSleep(e *evaluation) {
	if sleep := e.longestSleep(); sleep > longestOnSpot {
		e.find(Skipped, LongSleep, "", fmt.Sprintf("a stopping Pod sleeps %s, and a Spot node is gone after 2 minutes: shorten the sleep, or keep these Pods off Spot nodes", sleep))
	}
}

// surgeNeedsNode: nodes may be plenty, so the strategy is not touched for that.
func surgeNeedsNode(e *evaluation) {
	s := &e.author.Strategy
	if !e.author.Template.NodeEach || s.Type != "RollingUpdate" {
		return
	}
	if e.free(workload.MaxSurge) || !isZero(s.MaxSurge) {
		e.find(Skipped, SurgeNeedsNode, workload.MaxSurge, "no two of these Pods may share a node (required anti-affinity), so a rollout waits for a free node: keep one spare, or prefer instead of require")
	}
}

// singleReplica: a rollout brings a second Pod first, an eviction does not.
func singleReplica(e *evaluation) {
	if e.exposure.Kind.Balanced() && e.author.Replicas == 1 {
		e.find(Skipped, SingleReplica, "spec.replicas", "with one replica, users see an outage whenever its node is drained or fails, rollouts aside: run at least two")
	}
}
