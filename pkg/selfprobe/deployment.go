package selfprobe

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/api"
)

// deployment is what is created, and never stored. It satisfies the restricted Pod
// security standard, and it asks for the one thing that no route has to prove.
func deployment() *appsv1.Deployment {
	labels := map[string]string{"app.kubernetes.io/name": "rollguard-probe"}
	yes, no := true, false
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{
			Name: "rollguard-probe", Labels: labels,
			Annotations: map[string]string{api.Prefix + "exposure": "service", api.Prefix + "mode": string(api.Fill)},
		},
		Spec: appsv1.DeploymentSpec{
			Replicas: new(int32),
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					AutomountServiceAccountToken: &no,
					SecurityContext: &corev1.PodSecurityContext{
						RunAsNonRoot:   &yes,
						SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
					},
					Containers: []corev1.Container{{
						Name: "app", Image: "example.invalid/never-pulled",
						SecurityContext: &corev1.SecurityContext{
							AllowPrivilegeEscalation: &no,
							Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
						},
					}},
				},
			},
		},
	}
}
