package bench

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// defaulter makes the changes that Rollguard made to the same Deployment. It copies
// them and decides nothing, so what it costs is the typed road alone.
type defaulter struct{ want *appsv1.Deployment }

var _ admission.Defaulter[*appsv1.Deployment] = (*defaulter)(nil)

// Default completes the Deployment.
func (d *defaulter) Default(_ context.Context, into *appsv1.Deployment) error {
	from := &d.want.Spec
	for key, value := range d.want.Annotations {
		into.Annotations[key] = value
	}
	into.Spec.Strategy = from.Strategy
	into.Spec.MinReadySeconds = from.MinReadySeconds
	into.Spec.ProgressDeadlineSeconds = from.ProgressDeadlineSeconds
	into.Spec.Template.Spec.TerminationGracePeriodSeconds = from.Template.Spec.TerminationGracePeriodSeconds
	containers := into.Spec.Template.Spec.Containers
	for i := range containers {
		complete(&containers[i], &from.Template.Spec.Containers[i])
	}
	return nil
}

func complete(into, from *corev1.Container) {
	into.StartupProbe = from.StartupProbe
	into.ReadinessProbe = from.ReadinessProbe
	into.Lifecycle = from.Lifecycle
}
