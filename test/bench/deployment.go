package bench

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const (
	namespaceName = "shop"
	appLabel      = "app.kubernetes.io/name"
	appName       = "checkout"
	servingPort   = 8080
)

// Size is the shape of a Deployment that decides how big its review is.
type Size struct {
	// Name is the size of the review, for people.
	Name            string
	Containers, Env int
}

// Sizes are the reviews that the bars speak of, from small to big.
func Sizes() []Size {
	return []Size{
		{Name: "3KB", Containers: 1, Env: 2},
		{Name: "6.4KB", Containers: 2, Env: 20},
		{Name: "89KB", Containers: 10, Env: 100},
	}
}

// deployment is what an API server sends: defaults are filled in, the status is
// there. The first container serves.
func (s Size) deployment(tag string) *appsv1.Deployment {
	replicas, history, deadline := int32(4), int32(10), int32(600)
	grace := int64(30)
	quarter := intstr.FromString("25%")
	labels := map[string]string{appLabel: appName}
	d := &appsv1.Deployment{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{
			Name: appName, Namespace: namespaceName, Labels: labels, Generation: 7,
			UID: types.UID("5b1f1a42-9d0c-4c7e-8f0a-2d6c1e9b7a10"), ResourceVersion: "481516",
			Annotations: map[string]string{"deployment.kubernetes.io/revision": "7"},
		},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas, RevisionHistoryLimit: &history, ProgressDeadlineSeconds: &deadline,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Strategy: appsv1.DeploymentStrategy{
				Type:          appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &quarter, MaxUnavailable: &quarter},
			},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					RestartPolicy: corev1.RestartPolicyAlways, DNSPolicy: corev1.DNSClusterFirst,
					SchedulerName: corev1.DefaultSchedulerName, SecurityContext: &corev1.PodSecurityContext{},
					TerminationGracePeriodSeconds: &grace,
				},
			},
		},
		Status: appsv1.DeploymentStatus{ObservedGeneration: 7, Replicas: 4, UpdatedReplicas: 4, ReadyReplicas: 4, AvailableReplicas: 4},
	}
	for i := range s.Containers {
		d.Spec.Template.Spec.Containers = append(d.Spec.Template.Spec.Containers, s.container(i, tag))
	}
	return d
}

func (s Size) container(index int, tag string) corev1.Container {
	c := corev1.Container{
		Name:                     fmt.Sprintf("app-%d", index),
		Image:                    "registry.example.com/shop/checkout:" + tag,
		ImagePullPolicy:          corev1.PullIfNotPresent,
		TerminationMessagePath:   corev1.TerminationMessagePathDefault,
		TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		Ports:                    []corev1.ContainerPort{{Name: fmt.Sprintf("http-%d", index), ContainerPort: int32(servingPort + index), Protocol: corev1.ProtocolTCP}},
	}
	for i := range s.Env {
		c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprintf("SET_%03d", i), Value: fmt.Sprintf("value-%03d", i)})
	}
	return c
}
