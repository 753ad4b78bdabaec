package rollout

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/test/fixtures"
	"github.com/rollguard/rollguard/test/kube"
)

// plane is set once, before the first test.
var plane *kube.ControlPlane

func TestMain(m *testing.M) {
	os.Exit(kube.Main(m, kube.Options{}, func(c *kube.ControlPlane) { plane = c }))
}

func TestEveryArmIsTakenByTheAPIServer(t *testing.T) {
	for _, arm := range Arms() {
		texts, err := arm.Manifests()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			cmd := exec.CommandContext(t.Context(), plane.Kubectl(), "--kubeconfig", plane.KubeconfigPath(), "apply", "--validate=strict", "-f", "-")
			cmd.Stdin = bytes.NewReader(text)
			cmd.Env = append(os.Environ(), "KUBECACHEDIR="+t.TempDir())
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("arm %s: %v: %s", arm.Name, err, out)
			}
		}
	}
}

// TestRollguardMakesThePlainDeploymentTheOneByHand is what the arm is for: if it lost
// requests, it would not be for another Deployment.
func TestRollguardMakesThePlainDeploymentTheOneByHand(t *testing.T) {
	want := admitted(t, "by-hand")
	if diff := cmp.Diff(want, admitted(t, "rollguard")); diff != "" {
		t.Errorf("by hand and by Rollguard (-, +):\n%s", diff)
	}
}

func TestTheInsightsAddTimeForTheLoadBalancer(t *testing.T) {
	want := admitted(t, "by-hand")
	want.Spec.MinReadySeconds = 25
	want.Spec.Template.Spec.TerminationGracePeriodSeconds = 50
	want.Spec.Template.Spec.Containers[0].Lifecycle.PreStop.Sleep.Seconds = 35
	if diff := cmp.Diff(want, admitted(t, "insights")); diff != "" {
		t.Errorf("by hand and with the insights (-, +):\n%s", diff)
	}
}

func TestTheProbesAreAllThatTheirArmAdds(t *testing.T) {
	byHand, got := admitted(t, "by-hand"), admitted(t, "probes")
	want := admitted(t, "plain")
	app := &want.Spec.Template.Spec.Containers[0]
	app.StartupProbe = byHand.Spec.Template.Spec.Containers[0].StartupProbe
	app.ReadinessProbe = byHand.Spec.Template.Spec.Containers[0].ReadinessProbe
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// admitted is the Deployment of an arm as it would be stored, in normal form: changed
// by the core where the namespace has the label of Rollguard.
func admitted(t *testing.T, name string) fixtures.Form {
	t.Helper()
	namespace, graph, deployment := parts(t, name)
	if namespace.Labels["rollguard.io/inject"] == "enabled" {
		maker := decision.NewMaker(api.NewResolver(nil, api.DefaultBounds()))
		made, err := maker.Make(&decision.Request{New: deployment, Namespace: namespace.Annotations, Graph: graph, NativeSleep: true})
		if err != nil {
			t.Fatal(err)
		}
		deployment = apply(t, deployment, made.Patch)
	}
	form, err := fixtures.Normal(deployment)
	if err != nil {
		t.Fatal(err)
	}
	return form
}

// parts are the manifests of an arm.
func parts(t *testing.T, name string) (namespace corev1.Namespace, graph *topology.Graph, deployment []byte) {
	t.Helper()
	var texts [][]byte
	for _, arm := range Arms() {
		if arm.Name == name {
			var err error
			if texts, err = arm.Manifests(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(texts) != 3 {
		t.Fatalf("arm %s has %d manifests", name, len(texts))
	}
	read(t, texts[0], &namespace)
	exposure := bytes.Split(texts[1], []byte("---\n"))
	class, service, ingress := &networkingv1.IngressClass{}, &corev1.Service{}, &networkingv1.Ingress{}
	for i, into := range []any{class, service, ingress} {
		read(t, exposure[i], into)
	}
	graph = topology.NewGraph(topology.Sources{
		Namespace: namespace.Name, NamespaceLabels: namespace.Labels,
		Ingresses: []*networkingv1.Ingress{ingress}, Services: []*corev1.Service{service},
		Classes: []*networkingv1.IngressClass{class},
	})
	deployment, err := yaml.YAMLToJSON(texts[2])
	if err != nil {
		t.Fatal(err)
	}
	return namespace, graph, deployment
}

func read(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict(text, into); err != nil {
		t.Fatal(err)
	}
}

func apply(t *testing.T, doc []byte, operations []patch.Operation) []byte {
	t.Helper()
	text, err := patch.Marshal(operations)
	if err != nil {
		t.Fatal(err)
	}
	p, err := jsonpatch.DecodePatch(text)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Apply(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
