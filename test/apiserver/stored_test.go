package apiserver

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// guarded are the fields that Rollguard may write, of a Deployment with one
// container.
type guarded struct {
	MaxSurge, MaxUnavailable  string
	MinReady, Deadline        int32
	Grace                     int64
	Startup, Readiness, Live  *corev1.Probe
	Lifecycle                 *corev1.Lifecycle
	Replicas                  int32
	StrategyType              appsv1.DeploymentStrategyType
	InitContainers, Container int
}

func guardedOf(d *appsv1.Deployment) guarded {
	c := &d.Spec.Template.Spec.Containers[0]
	g := guarded{
		MinReady: d.Spec.MinReadySeconds, Deadline: *d.Spec.ProgressDeadlineSeconds,
		Grace:   *d.Spec.Template.Spec.TerminationGracePeriodSeconds,
		Startup: c.StartupProbe, Readiness: c.ReadinessProbe, Live: c.LivenessProbe, Lifecycle: c.Lifecycle,
		Replicas: *d.Spec.Replicas, StrategyType: d.Spec.Strategy.Type,
		InitContainers: len(d.Spec.Template.Spec.InitContainers), Container: len(d.Spec.Template.Spec.Containers),
	}
	if r := d.Spec.Strategy.RollingUpdate; r != nil {
		g.MaxSurge, g.MaxUnavailable = r.MaxSurge.String(), r.MaxUnavailable.String()
	}
	return g
}

// untouched is what Kubernetes itself stores.
func untouched() guarded {
	return guarded{
		MaxSurge: "25%", MaxUnavailable: "25%", Deadline: 600, Grace: 30, Replicas: 8,
		StrategyType: appsv1.RollingUpdateDeploymentStrategyType, Container: 1,
	}
}

// byDefault is what decisions.md calls for behind an ALB with ip targets, without any
// annotation.
func byDefault() guarded {
	g := untouched()
	g.MaxUnavailable, g.MinReady = "0", 25
	tcp := corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(8080)}}
	g.Startup = &corev1.Probe{ProbeHandler: tcp, TimeoutSeconds: 3, PeriodSeconds: 5, SuccessThreshold: 1, FailureThreshold: 120}
	g.Readiness = &corev1.Probe{ProbeHandler: tcp, TimeoutSeconds: 3, PeriodSeconds: 1, SuccessThreshold: 3, FailureThreshold: 5}
	g.Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: 20}}}
	return g
}

// byContract is what the contract's example "gets exactly".
func byContract() guarded {
	g := byDefault()
	get := func(path string) corev1.ProbeHandler {
		return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(8080), Scheme: corev1.URISchemeHTTP}}
	}
	g.Startup = &corev1.Probe{ProbeHandler: get("/__health"), TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3}
	g.Readiness = &corev1.Probe{ProbeHandler: get("/test"), TimeoutSeconds: 1, PeriodSeconds: 1, SuccessThreshold: 3, FailureThreshold: 5}
	return g
}

func expect(t *testing.T, d *appsv1.Deployment, want guarded) {
	t.Helper()
	if diff := cmp.Diff(want, guardedOf(d)); diff != "" {
		t.Errorf("stored Deployment %s/%s (-want +got):\n%s", d.Namespace, d.Name, diff)
	}
}
