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

// lowersNothing: while the Ingress cannot be read, a wait of ours that nobody asked for and
// whose place nobody wrote to is as long as it was.
func (r *run) lowersNothing(s Step, before copies) error {
	if !r.seen || r.around.TargetType != mistyped || !r.around.Service || before.guarded == nil || s.Tampers || s.Undo > 0 || r.disowned {
		return nil
	}
	settings := r.around.settings(r.guarded.Annotations)
	asked := settings.MinReady.Value != nil || settings.Timing.PreStopSleep.Value != nil || settings.Timing.GracePeriod.Value != nil
	for _, rule := range []api.Rule{api.RuleMinReady, api.RulePreStop, api.RuleGracePeriod, api.RuleProgressDeadline} {
		asked = asked || settings.Keeps(rule)
	}
	if asked || settings.Exposure.Value != api.ExposureAuto || settings.Mode.Value != api.Fill || r.guarded.Labels[api.LabelInject] == api.InjectDisabled {
		return nil
	}
	if own := before.shadow.Spec.ProgressDeadlineSeconds; *own != 600 || *r.shadow.Spec.ProgressDeadlineSeconds != 600 {
		return nil // it may leave less room than there was
	}
	was, is := before.guarded.Spec.MinReadySeconds, r.guarded.Spec.MinReadySeconds
	if before.shadow.Spec.MinReadySeconds == 0 && !s.touches("minReadySeconds") && recorded(before.guarded, workload.MinReadySeconds) && is < was {
		return fmt.Errorf("the Ingress cannot be read, and minReadySeconds, which is ours, falls from %d to %d", was, is)
	}
	return nil
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
