package mutator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/mutator"
	"github.com/rollguard/rollguard/pkg/workload"
)

const nobody = "nobody else is called for Deployments or Pods in labelled namespaces"

// says are the notes of a cluster, those that ask for something with an exclamation mark.
func says(c *mutator.Cluster) []string {
	var out []string
	for _, n := range mutator.Notes(mutator.Find(c)) {
		if n.Advice != "" {
			n.Says = "! " + n.Says
		}
		out = append(out, n.Says)
	}
	return out
}

func TestOnlyWebhooksThatAreCalledInGuardedNamespacesAreTold(t *testing.T) {
	const unknownPods = "! 1 webhook whose doings are not known may change Pods in "
	for name, tc := range map[string]struct{ webhook, text, want string }{
		"on Pods, everywhere":            {"x.example.org", onPods, unknownPods + "2 labelled namespaces (blog, shop): x.example.org of other"},
		"on Pods, by label":              {"x.example.org", onPods + "\nnamespaceSelector: {matchLabels: {mesh: \"on\"}}", unknownPods + "1 labelled namespace (shop): x.example.org of other"},
		"on some Pods":                   {"x.example.org", onPods + "\nobjectSelector: {matchLabels: {inject: \"yes\"}}", unknownPods + "2 labelled namespaces (blog, shop): x.example.org of other with inject=yes"},
		"an empty selector is none":      {"x.example.org", onPods + "\nobjectSelector: {}", unknownPods + "2 labelled namespaces (blog, shop): x.example.org of other"},
		"in other namespaces":            {"x.example.org", onPods + "\nnamespaceSelector: {matchLabels: {mesh: \"off\"}}", nobody},
		"on everything there is":         {"x.example.org", `rules: [{apiGroups: ["*"], apiVersions: ["*"], resources: ["*/*"], operations: ["*"]}]`, "! 1 webhook whose doings are not known may change Deployments in 2 labelled namespaces (blog, shop): x.example.org of other"},
		"on Deployments":                 {"x.example.org", onDeployments, "! 1 webhook whose doings are not known may change Deployments in 2 labelled namespaces (blog, shop): x.example.org of other"},
		"on updates of Pods":             {"x.example.org", strings.Replace(onPods, "CREATE", "UPDATE", 1), nobody},
		"on the status of Pods":          {"x.example.org", strings.Replace(onPods, "pods", "pods/status", 1), nobody},
		"on cluster-wide objects":        {"x.example.org", strings.Replace(onPods, "[pods]", `["*"], scope: Cluster`, 1), nobody},
		"switched off":                   {"x.example.org", onPods + "\nmatchConditions: [{name: off, expression: \"false\"}]", nobody},
		"Istio":                          {"rev.namespace.sidecar-injector.istio.io", onPods, "! Istio may add a proxy to Pods, which as an ordinary container stops while the application still sleeps, and ask the application's HTTP probes itself, in 2 labelled namespaces (blog, shop): rev.namespace.sidecar-injector.istio.io of other"},
		"Linkerd":                        {"linkerd-proxy-injector.linkerd.io", onPods, "! Linkerd may add a proxy to Pods, which as an ordinary container stops while the application still sleeps, in 2 labelled namespaces (blog, shop): linkerd-proxy-injector.linkerd.io of other"},
		"pod-graceful-drain":             {"mpodseviction.pod-graceful-drain.io", strings.Replace(onPods, "pods", "pods/eviction", 1), "! pod-graceful-drain holds back the deletion of Pods until the load balancer has let go of them, and the preStop sleep comes after that: a Pod lives on for both, in 2 labelled namespaces (blog, shop): mpodseviction.pod-graceful-drain.io of other"},
		"an unknown one on evictions":    {"x.example.org", strings.Replace(onPods, "pods", "pods/eviction", 1), nobody},
		"what every EKS cluster has":     {"iam-for-pods.amazonaws.com", onPods, "1 webhook beside Rollguard's, known to set nothing that it sets: iam-for-pods.amazonaws.com of other"},
		"an engine whose policies speak": {"mutate.kyverno.svc-fail", onPods, nobody},
	} {
		t.Run(name, func(t *testing.T) {
			c := &mutator.Cluster{Own: "rollguard", Namespaces: guarded(), Webhooks: []admissionregistrationv1.MutatingWebhookConfiguration{
				webhook(t, "other", tc.webhook, tc.text), webhook(t, "rollguard", "deployments.rollguard.io", onDeployments),
			}}
			if diff := cmp.Diff([]string{tc.want}, says(c)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAnEngineWhosePoliciesCannotBeReadMayDoAnything(t *testing.T) {
	c := &mutator.Cluster{Namespaces: guarded(), Unread: map[string]bool{"Kyverno": true}, Webhooks: []admissionregistrationv1.MutatingWebhookConfiguration{
		webhook(t, "kyverno", "mutate.kyverno.svc-fail", onPods),
	}}
	if got := says(c); len(got) != 1 || !strings.HasPrefix(got[0], "! 1 webhook whose doings are not known may change Pods") {
		t.Errorf("got %q", got)
	}
}

func TestManyAreCountedAndNotListed(t *testing.T) {
	c := &mutator.Cluster{}
	for i := range 20 {
		c.Namespaces = append(c.Namespaces, mutator.Namespace{Name: fmt.Sprintf("n%02d", i)})
		c.Webhooks = append(c.Webhooks, webhook(t, fmt.Sprintf("other%02d", i), "x.example.org", onPods))
		c.Engines = append(c.Engines, mutator.EnginePolicy{Engine: "Kyverno", Kind: "ClusterPolicy", Name: fmt.Sprintf("p%02d", i), Text: "preStop"})
	}
	got := says(c)
	if len(got) != 10 || got[8] != "! 12 more touch what Rollguard sets" {
		t.Fatalf("%d notes: %q", len(got), got)
	}
	const want = "! 20 webhooks whose doings are not known may change Pods in 20 labelled namespaces (n00, n01, n02 and others): " +
		"x.example.org of other00; x.example.org of other01; x.example.org of other02; x.example.org of other03; and 16 more"
	if got[9] != want {
		t.Errorf("got %s", got[9])
	}
}

func TestBeforeANamespaceIsGuardedOneToComeIsLookedAt(t *testing.T) {
	c := &mutator.Cluster{Namespaces: []mutator.Namespace{{Labels: guarded()[0].Labels}}, Webhooks: []admissionregistrationv1.MutatingWebhookConfiguration{webhook(t, "other", "x.example.org", onPods)}}
	const want = "! 1 webhook whose doings are not known may change Pods in namespaces with the label rollguard.io/inject=enabled: x.example.org of other"
	if diff := cmp.Diff([]string{want}, says(c)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSuspectsAreThoseThatNameTheFieldOrElseThoseThatMayDoAnything(t *testing.T) {
	c := policy(t, "matchConstraints:\n  resource"+strings.Replace(onDeployments, "rules", "Rules", 1)+"\n"+capped, "policyName: cap")
	c.Webhooks = append(c.Webhooks, webhook(t, "a", "x.example.org", onDeployments), webhook(t, "b", "y.example.org", onDeployments), webhook(t, "c", "z.example.org", onPods))
	found := mutator.Find(c)
	for field, want := range map[workload.Path]string{
		workload.GracePeriod:    "MutatingAdmissionPolicy cap",
		workload.PreStop("app"): "one of x.example.org of a; y.example.org of b",
	} {
		if got := mutator.Suspects(found, field); got != want {
			t.Errorf("%s: %s", field, got)
		}
	}
	c.Webhooks = c.Webhooks[:1]
	if got := mutator.Suspects(mutator.Find(c), workload.MaxSurge); got != "likely x.example.org of a" {
		t.Errorf("got %s", got)
	}
	if got := mutator.Suspects(nil, workload.MaxSurge); got != "" {
		t.Errorf("got %s", got)
	}
}
