package node

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func TestTheNodeSaysWhatItIs(t *testing.T) {
	node, err := clientFor(t, cluster.RESTConfig()).CoreV1().Nodes().Get(t.Context(), cluster.NodeName(), metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := takesPods(node); err != nil {
		t.Error(err)
	}
	if runtime := node.Status.NodeInfo.ContainerRuntimeVersion; !strings.HasPrefix(runtime, "containerd://2.") {
		t.Errorf("container runtime is %q", runtime)
	}
	if address := node.Status.Addresses[0]; address.Type != corev1.NodeInternalIP || address.Address != cluster.NodeIP() {
		t.Errorf("address is %v, want internal address %s", address, cluster.NodeIP())
	}
}

func TestANodePortLeadsToThePods(t *testing.T) {
	client := clientFor(t, cluster.RESTConfig())
	deploy(t, client, "port", 1)
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "port"},
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeNodePort, Selector: labels("port"),
			Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(8080)}},
		},
	}
	service, err := client.CoreV1().Services("default").Create(t.Context(), service, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	address := net.JoinHostPort(cluster.NodeIP(), strconv.Itoa(int(service.Spec.Ports[0].NodePort)))
	waitFor(t, "the node port to answer", func(ctx context.Context) error {
		got, err := get(ctx, address)
		if err == nil && got != "first" {
			err = fmt.Errorf("answer is %q", got)
		}
		return err
	})
}

// kubectlImage is kubectl itself, which takes the address of the API server and a token
// from where Kubernetes puts them in a Pod.
const kubectlImage = "rollguard.test/kubectl:1"

func loadKubectl(ctx context.Context, n *Node) error {
	return n.LoadImage(ctx, Image{
		Name: kubectlImage, Program: cluster.Kubectl(), Args: []string{"get", "--raw", "/version"}, User: "65532:65532",
	})
}

func kubectlPod(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyOnFailure,
			Containers:    []corev1.Container{{Name: "kubectl", Image: kubectlImage, ImagePullPolicy: corev1.PullNever}},
		},
	}
}

// checkVersionIsRead runs the Pod and looks at what it has read.
func checkVersionIsRead(t *testing.T, pod *corev1.Pod) {
	t.Helper()
	at := clientFor(t, cluster.RESTConfig()).CoreV1().Pods("default")
	if _, err := at.Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the Pod to succeed", func(ctx context.Context) error {
		pod, err := at.Get(ctx, pod.Name, metav1.GetOptions{})
		if err == nil && pod.Status.Phase != corev1.PodSucceeded {
			err = fmt.Errorf("it is %s: %+v", pod.Status.Phase, pod.Status.ContainerStatuses)
		}
		return err
	})
	log, err := at.GetLogs(pod.Name, &corev1.PodLogOptions{}).DoRaw(t.Context())
	if err != nil || !strings.Contains(string(log), `"gitVersion": "v1.`) {
		t.Errorf("log of the Pod is %q, %v; want the version of the API server", log, err)
	}
}

func TestAPodReachesTheAPIServer(t *testing.T) {
	if err := loadKubectl(t.Context(), cluster.Node); err != nil {
		t.Fatal(err)
	}
	checkVersionIsRead(t, kubectlPod("kubectl"))
}
