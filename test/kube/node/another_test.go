package node

import (
	"context"
	"fmt"
	"net"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// On the host network a port is there once a node, so that of two Pods one must be on
// each.
func TestAnAddedNodeRunsPodsAndGoesWithoutATrace(t *testing.T) {
	client := clientFor(t, cluster.RESTConfig())
	added, err := cluster.AddNode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := loadHelloInto(t.Context(), added); err != nil {
		t.Fatal(err)
	}
	template := helloPod("spread", "spread")
	template.Spec.HostNetwork = true
	template.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 8080}}
	two := int32(2)
	d := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "spread"},
		Spec:       appsv1.DeploymentSpec{Replicas: &two, Selector: &metav1.LabelSelector{MatchLabels: labels("spread")}, Template: template},
	}
	if _, err := client.AppsV1().Deployments("default").Create(t.Context(), d, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	waitRolledOut(t, client, "spread")
	for _, n := range []*Node{cluster.Node, added} {
		if got, err := get(t.Context(), net.JoinHostPort(n.NodeIP(), "8080")); err != nil || got != "spread" {
			t.Errorf("node %s says %q, %v", n.NodeName(), got, err)
		}
	}

	left := trace{dir: added.dir, name: added.name}
	if left.left(t) == nil {
		t.Error("nothing is found of a running node; the test looks at the wrong place")
	}
	for range 2 { // Stopping again changes nothing.
		if err := added.Stop(); err != nil {
			t.Error(err)
		}
	}
	waitFor(t, "nothing to be left of the node", func(context.Context) error { return left.left(t) })
	if err := client.CoreV1().Nodes().Delete(t.Context(), added.NodeName(), metav1.DeleteOptions{}); err != nil {
		t.Error(err)
	}
	if err := client.AppsV1().Deployments("default").Delete(t.Context(), "spread", metav1.DeleteOptions{}); err != nil {
		t.Error(err)
	}
}

// The programs of an added node find the API server by its Service as those of the first
// do, though it is published at that one's end of a link.
func TestAPodOfAnAddedNodeReachesTheAPIServer(t *testing.T) {
	added, err := cluster.AddNode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := loadKubectl(t.Context(), added); err != nil {
		t.Fatal(err)
	}
	for name, hostNetwork := range map[string]bool{"kubectl-added": false, "kubectl-added-host": true} {
		pod := kubectlPod(name)
		pod.Spec.NodeName, pod.Spec.HostNetwork = added.NodeName(), hostNetwork
		checkVersionIsRead(t, pod)
	}
	if err := added.Stop(); err != nil {
		t.Error(err)
	}
	if err := clientFor(t, cluster.RESTConfig()).CoreV1().Nodes().Delete(t.Context(), added.NodeName(), metav1.DeleteOptions{}); err != nil {
		t.Error(err)
	}
}

// The one who asks is this machine: to a Pod it is as foreign as another node.
func TestANetworkPolicyIsEnforced(t *testing.T) {
	client := clientFor(t, cluster.RESTConfig())
	deploy(t, client, "closed", 1)
	list, err := client.CoreV1().Pods("default").List(t.Context(), metav1.ListOptions{LabelSelector: "app=closed"})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%d Pods, %v", len(list.Items), err)
	}
	checkAnswers(t, list.Items, "first")
	address := net.JoinHostPort(list.Items[0].Status.PodIP, "8080")
	policies := client.NetworkingV1().NetworkPolicies("default")
	if _, err := policies.Create(t.Context(), closedPolicy(), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the Pod to be out of reach", func(ctx context.Context) error {
		if got, err := get(ctx, address); err == nil {
			return fmt.Errorf("it says %q", got)
		}
		return nil
	})
	// What the kubelet asks comes from the Pod's own node, which no policy may keep out.
	pod, err := client.CoreV1().Pods("default").Get(t.Context(), list.Items[0].Name, metav1.GetOptions{})
	if err != nil || !isReady(pod) {
		t.Errorf("the Pod is not ready: %v", err)
	}
	if err := policies.Delete(t.Context(), "closed", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the Pod to be reached again", func(ctx context.Context) error {
		_, err := get(ctx, address)
		return err
	})
}

// closedPolicy lets nobody in.
func closedPolicy() *networkingv1.NetworkPolicy {
	return &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "closed"},
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: labels("closed")},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
		},
	}
}

func isReady(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}
