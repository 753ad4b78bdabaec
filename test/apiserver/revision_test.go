package apiserver

import (
	"fmt"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// replicaSet writes what the Deployment controller would: no controller runs here,
// and kubectl rollout undo reads the revisions from ReplicaSets, whose annotations are
// copies of the Deployment's (Kubernetes pkg/controller/deployment/util).
func (s *shop) replicaSet(d *appsv1.Deployment, revision int) {
	s.t.Helper()
	number := strconv.Itoa(revision)
	annotations := map[string]string{"deployment.kubernetes.io/revision": number}
	for key, value := range d.Annotations {
		if key != "kubectl.kubernetes.io/last-applied-configuration" {
			annotations[key] = value
		}
	}
	isController := true
	template := *d.Spec.Template.DeepCopy()
	template.Labels["pod-template-hash"] = "r" + number
	rs := &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprintf("web-%d", revision), Namespace: s.name, Labels: template.Labels, Annotations: annotations,
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "apps/v1", Kind: "Deployment", Name: d.Name, UID: d.UID, Controller: &isController,
			}},
		},
		Spec: appsv1.ReplicaSetSpec{Selector: &metav1.LabelSelector{MatchLabels: template.Labels}, Template: template},
	}
	if _, err := world.clients.AppsV1().ReplicaSets(s.name).Create(s.t.Context(), rs, metav1.CreateOptions{}); err != nil {
		s.t.Fatal(err)
	}
	patch := fmt.Sprintf(`{"metadata":{"annotations":{"deployment.kubernetes.io/revision":%q}}}`, number)
	s.kubectl("", "patch", "deployment", "web", "-n", s.name, "--type=merge", "-p", patch)
}
