package pods

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/docs"
)

// The policy of the chart, as the guide has it, enforced by kube-router. Each way that it
// closes is open before, so that it is the policy that closes it.
func TestUnderItsNetworkPolicyRollguardReachesTheAPIServerAndNothingElse(t *testing.T) {
	defer afterFailure(t)
	before := inventory(t)
	restrictedNamespace(t)
	installSelfSigned(t, strict, brief)
	ready(t)
	all := ways(t)
	for _, w := range all {
		eventually(t, "without a policy, "+w.name, func() error { return w.try(t) })
	}

	do(t, guide(t, "install.md", "networkPolicy.enabled"), "-f "+policyValues(t))
	for _, w := range all {
		eventually(t, fmt.Sprintf("under the policy, %s: %v", w.name, w.open), func() error {
			err := w.try(t)
			if w.open {
				return err
			}
			if err == nil {
				return errors.New("it is open")
			}
			return nil
		})
	}
	t.Log(ready(t))
	checkExample(t, applyExample(t))
	endExample(t)
	writing := startWrites(t)
	replaceReplicas(t) // New Pods fill their caches under the policy.
	writing.end("both replicas replaced under the policy")
	if err := complaints(t); err != nil {
		t.Error(err)
	}

	deleteExample(t)
	do(t, "kubectl delete namespace monitoring elsewhere")
	do(t, guide(t, "uninstall.md", "helm uninstall"))
	nothingLeft(t, before)
}

// ways makes those who call and are called, and returns the ways between them.
func ways(t *testing.T) []way {
	t.Helper()
	caller(t, "monitoring")
	other := caller(t, "elsewhere")
	replica := replicas(t)[0]
	webhook, metrics := net.JoinHostPort(replica.Status.PodIP, "9443"), net.JoinHostPort(replica.Status.PodIP, "8080")
	service, err := world.clients.CoreV1().Services("default").Get(t.Context(), "kubernetes", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return []way{
		{"an API server calls the webhook", "", webhook, true},
		{"the monitoring reads metrics", "monitoring-caller", metrics, true},
		{"another Pod reads metrics", "elsewhere-caller", metrics, false},
		{"somebody outside reads metrics", "", metrics, false},
		{"a replica calls the API server", replica.Name, net.JoinHostPort(service.Spec.ClusterIP, "443"), true},
		{"a replica calls another Pod", replica.Name, other, false},
		{"a replica calls something outside", replica.Name, listen(t), false},
	}
}

// caller makes a namespace with a Pod NAMESPACE-caller, and returns where that listens.
func caller(t *testing.T, namespace string) string {
	t.Helper()
	do(t, "kubectl create namespace "+namespace)
	name := namespace + "-caller"
	eventually(t, "a Pod may be made", func() error { // Its service account comes a moment later.
		out, err := try(t, folder(t), fmt.Sprintf("kubectl -n %s run %s --image=%s --image-pull-policy=Never", namespace, name, exampleImage))
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	})
	do(t, fmt.Sprintf("kubectl -n %s wait --for=condition=Ready --timeout=180s pod/%s", namespace, name))
	pod, err := world.clients.CoreV1().Pods(namespace).Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort(pod.Status.PodIP, "8080")
}

// listen listens on this machine, for Pods, until the end of the test.
func listen(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(world.cluster.MachineIP(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// policyValues writes the values of the guide with what holds for this cluster: where the
// API server is, behind its Service.
func policyValues(t *testing.T) string {
	t.Helper()
	slices, err := world.clients.DiscoveryV1().EndpointSlices("default").List(t.Context(), metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=kubernetes"})
	if err != nil || len(slices.Items) != 1 {
		t.Fatalf("%d EndpointSlices of Service kubernetes, %v", len(slices.Items), err)
	}
	slice := slices.Items[0]
	example := findBlock(t, "install.md", func(b docs.Block) bool { return strings.Contains(b.Text, "metricsFrom:") })
	values := strings.NewReplacer("ADDRESS", slice.Endpoints[0].Addresses[0], "PORT", fmt.Sprint(*slice.Ports[0].Port)).Replace(example)
	path := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(path, []byte(values), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
