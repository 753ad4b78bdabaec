package sequence

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/rollguard/rollguard/pkg/api"
)

// check is everything that must hold after a write.
func (r *run) check(s Step, before copies) error {
	return errors.Join(r.startsNoRollout(s, before), r.leavesUnrelated(s, before), r.settles(), r.touchesNothingElse(), r.keepsProbes(), r.lowersNothing(s, before))
}

// leavesUnrelated: a write that says nothing to us changes nothing at all (docs/adr/0004),
// whatever has come or gone around the Deployment since the last one.
func (r *run) leavesUnrelated(s Step, before copies) error {
	if !slices.Contains([]Manner{PutStored, JSONPatch, MergePatch, StrategicPatch}, s.Manner) || s.Undo > 0 || s.Tampers || before.shadow == nil {
		return nil // the write itself may take something of ours away
	}
	if !equality.Semantic.DeepEqual(before.shadow.Spec, r.shadow.Spec) || !maps.Equal(steering(before.shadow), steering(r.shadow)) {
		return nil
	}
	if s.touchesSpec() || equality.Semantic.DeepEqual(before.guarded.Spec, r.guarded.Spec) {
		return nil
	}
	return fmt.Errorf("a write that says nothing to Rollguard changes the spec, -before +after:\n%s", cmp.Diff(before.guarded.Spec, r.guarded.Spec))
}

// steering is what of an author's metadata says something to Rollguard.
func steering(d *appsv1.Deployment) map[string]string {
	out := map[string]string{api.LabelInject: d.Labels[api.LabelInject]}
	for key, v := range d.Annotations {
		if strings.HasPrefix(key, api.Prefix) {
			out[key] = v
		}
	}
	return out
}

// touchesSpec tells whether a write names a field of the spec: it then may be of another
// value in the guarded copy.
func (s Step) touchesSpec() bool {
	return slices.ContainsFunc(s.Changes, func(c Change) bool { return c.Path[0] == "spec" })
}

// startsNoRollout: the stored template changes only when the author changed his.
func (r *run) startsNoRollout(s Step, before copies) error {
	if before.shadow == nil || !sameTemplate(before.shadow, r.shadow) || !r.seen || r.letGo(s, before) {
		return nil
	}
	if sameTemplate(before.guarded, r.guarded) {
		return nil
	}
	return fmt.Errorf("a rollout starts that its author did not start, -before +after:\n%s",
		cmp.Diff(before.guarded.Spec.Template, r.guarded.Spec.Template))
}

// letGo tells whether a write may change the template though its author did not mean
// to, by design.
func (r *run) letGo(s Step, before copies) bool {
	settings := r.around.settings(r.guarded.Annotations)
	if settings.Rollout.Value == api.RolloutImmediate {
		return true // decisions.md 2: "the template is evaluated on every write (the author accepts rollouts)"
	}
	if uncalled(before.guarded) && uncalled(r.guarded) {
		return true // adr/0007: an opted-out Deployment without the record does not reach us
	}
	if adopted(before) || s.Undo > 0 && adopted(r.copies) {
		return true // leftover.go: "a number that he saw and kept is his"
	}
	if settings.Mode.Value == api.Audit && corrected(before) {
		return true // decisions.md 7: "audit changes nothing", so his own value comes back with his next write of it
	}
	if r.claimed && s.Manner == ClientSideApply {
		return true // decisions.md 3: authored is what last-applied has, and kubectl takes it away
	}
	if s.Manner != PutBare && !s.ChangesTemplate() {
		return false // the write itself does not touch the template
	}
	switch {
	case settings.Mode.Value == api.Audit:
		return true // decisions.md 7: "audit changes nothing", so it puts nothing back either
	case r.disowned:
		return true // decisions.md 4: ours is what the record proves
	case r.guarded.Labels[api.LabelInject] == api.InjectDisabled:
		return true // adr/0007: only one "that still carries the record reaches us"
	}
	return false
}

// uncalled tells whether a Deployment opted out and has nothing of ours any more.
func uncalled(d *appsv1.Deployment) bool {
	return d.Labels[api.LabelInject] == api.InjectDisabled && d.Annotations[api.AnnotationInjected] == ""
}

// adopted tells whether what counts as the author's in the stored template is not what
// he wrote: a patch merged his probe with ours, and our timings stayed in it. Writing
// his own once more is then a change.
func adopted(c copies) bool {
	for i := range c.shadow.Spec.Template.Spec.Containers {
		own, now := probesOf(c.shadow, i), probesOf(c.guarded, i)
		for j := range own {
			if own[j] != nil && !equality.Semantic.DeepEqual(own[j], now[j]) {
				return true
			}
		}
	}
	return false
}

// corrected tells whether mode enforce put something else in the place of what the author
// wrote in his template.
func corrected(c copies) bool {
	pod, stored := &c.shadow.Spec.Template.Spec, &c.guarded.Spec.Template.Spec
	if own := *pod.TerminationGracePeriodSeconds; own != 30 && own != *stored.TerminationGracePeriodSeconds {
		return true
	}
	for i := range pod.Containers {
		if hook := preStopOf(&pod.Containers[i]); hook != nil && !cmp.Equal(hook, preStopOf(&stored.Containers[i])) {
			return true
		}
	}
	return false
}

func preStopOf(c *corev1.Container) *corev1.LifecycleHandler {
	if c.Lifecycle == nil {
		return nil
	}
	return c.Lifecycle.PreStop
}

// settles: what is stored is what would be stored once more.
func (r *run) settles() error {
	again, err := r.world.Guarded().Try(Write{Manager: "again", Body: encode(tree(r.guarded))})
	if err != nil {
		return fmt.Errorf("what is stored is refused: %w", err)
	}
	if err := same(r.guarded, again); err != nil {
		return fmt.Errorf("a second pass changes something: %w", err)
	}
	return nil
}

func same(a, b *appsv1.Deployment) error {
	if !equality.Semantic.DeepEqual(a.Spec, b.Spec) {
		return errors.New(cmp.Diff(a.Spec, b.Spec))
	}
	if !equality.Semantic.DeepEqual(a.Annotations, b.Annotations) {
		return errors.New(cmp.Diff(a.Annotations, b.Annotations))
	}
	return nil
}

// touchesNothingElse: but for the closed set of fields the copies are equal. So are
// liveness probes, images, commands, resources, labels and replicas.
func (r *run) touchesNothingElse() error {
	if his, stored := rest(r.shadow), rest(r.guarded); !equality.Semantic.DeepEqual(his, stored) {
		return fmt.Errorf("something is not as its author wrote it, -shadow +guarded:\n%s", cmp.Diff(his, stored))
	}
	own, now := *r.shadow.Spec.Template.Spec.TerminationGracePeriodSeconds, *r.guarded.Spec.Template.Spec.TerminationGracePeriodSeconds
	if now < own {
		return fmt.Errorf("the grace period is %d, and its author's is %d", now, own)
	}
	return nil
}

// untouchable is a Deployment without the closed set of fields.
type untouchable struct {
	Labels, Annotations map[string]string
	Spec                appsv1.DeploymentSpec
}

func rest(d *appsv1.Deployment) untouchable {
	d = d.DeepCopy()
	out := untouchable{Labels: d.Labels, Annotations: maps.Clone(d.Annotations), Spec: d.Spec}
	delete(out.Annotations, api.AnnotationInjected)
	delete(out.Annotations, api.AnnotationRepaired)
	out.Spec.MinReadySeconds, out.Spec.ProgressDeadlineSeconds, out.Spec.Strategy.RollingUpdate = 0, nil, nil
	pod := &out.Spec.Template.Spec
	pod.TerminationGracePeriodSeconds = nil
	for i := range pod.Containers {
		c := &pod.Containers[i]
		c.StartupProbe, c.ReadinessProbe = nil, nil
		if c.Lifecycle != nil {
			c.Lifecycle.PreStop = nil
		}
		if c.Lifecycle != nil && c.Lifecycle.PostStart == nil {
			c.Lifecycle = nil // an empty one says nothing
		}
	}
	return out
}

// keepsProbes: an author's probe has the handler that he wrote, and no probe of ours
// has a host or a command.
func (r *run) keepsProbes() error {
	var errs []error
	for i := range r.shadow.Spec.Template.Spec.Containers {
		own, now := probesOf(r.shadow, i), probesOf(r.guarded, i)
		for j := range own {
			errs = append(errs, keepsProbe(own[j], now[j]))
		}
	}
	return errors.Join(errs...)
}

func probesOf(d *appsv1.Deployment, container int) []*corev1.Probe {
	c := &d.Spec.Template.Spec.Containers[container]
	return []*corev1.Probe{c.StartupProbe, c.ReadinessProbe}
}

func keepsProbe(own, now *corev1.Probe) error {
	switch {
	case own != nil && now == nil:
		return errors.New("an author's probe is gone")
	case own != nil:
		if diff := cmp.Diff(own.ProbeHandler, now.ProbeHandler); diff != "" {
			return fmt.Errorf("an author's probe is not as he wrote it, -his +stored:\n%s", diff)
		}
	case now != nil && (now.HTTPGet != nil && now.HTTPGet.Host != "" || now.TCPSocket != nil && now.TCPSocket.Host != ""):
		return errors.New("a probe of ours has a host")
	}
	return nil
}

// sameTemplate compares as the Deployment controller does.
func sameTemplate(a, b *appsv1.Deployment) bool {
	return equality.Semantic.DeepEqual(a.Spec.Template, b.Spec.Template)
}
