package sequence

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// mistyped is a target type that the AWS Load Balancer Controller does not take: nobody
// knows then what the Ingress made of the Service before.
const mistyped = "ipp"

// lowersNothing: while the Ingress cannot be read, minReadySeconds of ours that nobody asked
// for, and whose place nobody wrote to, is as long as it was.
func (r *run) lowersNothing(s Step, before copies) error {
	if before.guarded == nil || s.Tampers || s.Undo > 0 || !r.unread() || r.asksForWaits() {
		return nil
	}
	for _, d := range []*appsv1.Deployment{before.shadow, r.shadow} {
		if *d.Spec.ProgressDeadlineSeconds != 600 || d.Spec.MinReadySeconds != 0 {
			return nil // it is the author's, or he leaves less room than there was
		}
	}
	was, is := before.guarded.Spec.MinReadySeconds, r.guarded.Spec.MinReadySeconds
	if !s.touches("minReadySeconds") && recorded(before.guarded, workload.MinReadySeconds) && is < was {
		return fmt.Errorf("the Ingress cannot be read, and minReadySeconds, which is ours, falls from %d to %d", was, is)
	}
	return nil
}

// unread tells whether we see the write, and a Service whose Ingress cannot be read.
func (r *run) unread() bool {
	return r.seen && !r.disowned && r.around.Service && r.around.TargetType == mistyped
}

// asksForWaits tells whether annotations say how long to wait, or that we are to keep out.
func (r *run) asksForWaits() bool {
	settings := r.around.settings(r.guarded.Annotations)
	timing := &settings.Timing
	if settings.MinReady.Value != nil || timing.PreStopSleep.Value != nil || timing.GracePeriod.Value != nil {
		return true
	}
	return settings.Keeps(api.RuleMinReady) || settings.Keeps(api.RuleProgressDeadline) || settings.Exposure.Value != api.ExposureAuto ||
		settings.Mode.Value != api.Fill || r.guarded.Labels[api.LabelInject] == api.InjectDisabled
}

// touches tells whether a write names a field.
func (s Step) touches(field string) bool {
	for _, c := range s.Changes {
		if c.Path[len(c.Path)-1] == field {
			return true
		}
	}
	return false
}

// recorded tells whether the record of a Deployment lists a field.
func recorded(d *appsv1.Deployment, p workload.Path) bool {
	return strings.Contains(d.Annotations[api.AnnotationInjected], string(p)+`"`)
}
