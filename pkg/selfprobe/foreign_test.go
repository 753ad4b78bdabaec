package selfprobe

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// answered is the probe's Deployment as the API server gives it back: with its defaults,
// and with what Rollguard adds.
func answered(changes ...func(*appsv1.Deployment)) *appsv1.Deployment {
	d := deployment()
	surge, none, deadline, grace := intstr.FromString("25%"), intstr.FromInt32(0), int32(600), int64(40)
	d.Spec.Strategy = appsv1.DeploymentStrategy{Type: "RollingUpdate", RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &surge, MaxUnavailable: &none}}
	d.Spec.ProgressDeadlineSeconds, d.Spec.Template.Spec.TerminationGracePeriodSeconds = &deadline, &grace
	d.Spec.Template.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: 20}}}
	d.Annotations[api.AnnotationInjected] = `{"spec.strategy.rollingUpdate.maxUnavailable":0,` +
		`"spec.template.spec.containers[app].lifecycle.preStop":{"sleep":{"seconds":20}},"spec.template.spec.terminationGracePeriodSeconds":40}`
	for _, change := range changes {
		change(d)
	}
	return d
}

func TestWhatIsNeitherADefaultNorRollguardsIsSomebodyElses(t *testing.T) {
	record := func(text string) func(*appsv1.Deployment) {
		return func(d *appsv1.Deployment) { d.Annotations[api.AnnotationInjected] = text }
	}
	grace := func(seconds int64) func(*appsv1.Deployment) {
		return func(d *appsv1.Deployment) { d.Spec.Template.Spec.TerminationGracePeriodSeconds = &seconds }
	}
	for name, tc := range map[string]struct {
		changes []func(*appsv1.Deployment)
		want    []Foreign
	}{
		"as Rollguard answered":    {nil, nil},
		"a grace that was cut off": {[]func(*appsv1.Deployment){grace(15)}, []Foreign{{workload.GracePeriod, "15", "40"}}},
		"one that Rollguard then took for the author's": {
			[]func(*appsv1.Deployment){grace(15), record(`{"spec.strategy.rollingUpdate.maxUnavailable":0,"spec.template.spec.containers[app].lifecycle.preStop":{"sleep":{"seconds":20}}}`)},
			[]Foreign{{workload.GracePeriod, "15", ""}},
		},
		"a hook that was taken away": {
			[]func(*appsv1.Deployment){func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Lifecycle = nil }},
			[]Foreign{{workload.PreStop("app"), "null", `{"sleep":{"seconds":20}}`}},
		},
		"a wait that nobody asked for": {
			[]func(*appsv1.Deployment){func(d *appsv1.Deployment) { d.Spec.MinReadySeconds = 90 }},
			[]Foreign{{workload.MinReadySeconds, "90", ""}},
		},
		"another container before ours": {
			[]func(*appsv1.Deployment){func(d *appsv1.Deployment) {
				pod := &d.Spec.Template.Spec
				pod.Containers = append([]corev1.Container{{Name: "proxy", ReadinessProbe: &corev1.Probe{}}}, pod.Containers...)
			}},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, foreign(answered(tc.changes...))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestARecordThatIsNotOneProvesNothing(t *testing.T) {
	got := foreign(answered(func(d *appsv1.Deployment) { d.Annotations[api.AnnotationInjected] = "mine now" }))
	if len(got) != 3 || got[0].Path != workload.MaxUnavailable || got[0].Ours != "" {
		t.Errorf("got %+v", got)
	}
}
