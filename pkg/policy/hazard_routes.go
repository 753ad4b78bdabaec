package policy

import (
	"fmt"
	"time"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// notReadyPublished: with publishNotReadyAddresses a terminating endpoint stays ready
// (k8s.io/api discovery/v1, EndpointConditions.Ready), so it is sent requests until the Pod is gone,
// however long it sleeps. A headless Service of that kind lets the Pods find each other,
// and brings no requests, unless a load balancer uses it.
func notReadyPublished(e *evaluation) {
	for i := range e.exposure.Routes {
		r := &e.exposure.Routes[i]
		if r.PublishNotReady && (!r.Headless || r.Kind().Balanced()) {
			e.find(AtRisk, NotReadyPublished, "", fmt.Sprintf("a stopping Pod is sent requests until it is gone, because Service %s has publishNotReadyAddresses: remove that setting", r.Service))
			return
		}
	}
}

// pinnedConnections: to a load balancer the target is the node. A connection that it keeps
// alive stays with the Pod that kube-proxy chose at first, until one end closes it.
func pinnedConnections(e *evaluation) {
	if e.in.Settings.Timing.DrainsOnSIGTERM.Value {
		return // the author says that the application does it
	}
	for i := range e.exposure.Routes {
		r := &e.exposure.Routes[i]
		if k := r.Kind(); k.Balanced() && !k.IP() && e.counts(k) {
			e.find(Skipped, PinnedConnections, "", "with instance targets the load balancer's open connections stay with a stopping Pod: let the application close its connections after SIGTERM")
			return
		}
	}
}

// nothingWaits: somebody wanted no minReadySeconds, and there is no readiness gate
// either. What minReady reports is not said twice.
func nothingWaits(e *evaluation) {
	asked, kept := e.in.Settings.MinReady.Value, e.in.Settings.Keeps(api.RuleMinReady)
	if asked == nil && !kept || e.gated() || e.reported(MinReadyTooShort) {
		return
	}
	waits := time.Duration(e.in.New.MinReadySeconds) * time.Second // what stands stays
	if !kept {
		waits = max(time.Duration(e.author.MinReadySeconds)*time.Second, *asked)
	}
	needed, _ := e.timeToHealthy()
	if waits >= needed {
		return
	}
	cause := fmt.Sprintf("%s: %s", e.in.Settings.Keep.Source, api.RuleMinReady)
	if !kept {
		cause = fmt.Sprintf("%s: %s", e.in.Settings.MinReady.Source, *asked)
	}
	fix := "label the namespace " + topology.LabelReadinessGate + "=enabled"
	if e.inAutoMode() {
		fix = fmt.Sprintf("set minReadySeconds to %d", needed/time.Second)
	}
	e.find(Skipped, NoReadinessGate, workload.MinReadySeconds, cause+" lets a rollout go on before the load balancer uses the new Pods: remove it, or "+fix)
}

// gateUnsupported: see gated.
func gateUnsupported(e *evaluation) {
	if e.exposure.Kind.Balanced() && e.exposure.ReadinessGate && e.inAutoMode() {
		e.find(Skipped, ReadinessGateUnsupported, workload.MinReadySeconds, "the namespace label "+topology.LabelReadinessGate+" does nothing here, as EKS Auto Mode has no readiness gates: rely on minReadySeconds")
	}
}

func (e *evaluation) inAutoMode() bool {
	for i := range e.exposure.Routes {
		if e.exposure.Routes[i].AutoMode() {
			return true
		}
	}
	return false
}
