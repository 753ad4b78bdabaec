package selfprobe_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/pkg/selfprobe"
)

// manifest is the configuration of deploy/rollguard.yaml, trusted.
func manifest(t *testing.T) *admissionregistrationv1.MutatingWebhookConfiguration {
	t.Helper()
	raw, err := os.ReadFile("../../deploy/rollguard.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range strings.Split(string(raw), "\n---\n") {
		if !strings.Contains(text, "kind: MutatingWebhookConfiguration") {
			continue
		}
		c := &admissionregistrationv1.MutatingWebhookConfiguration{}
		if err := yaml.UnmarshalStrict([]byte(text), c); err != nil {
			t.Fatal(err)
		}
		for i := range c.Webhooks {
			c.Webhooks[i].ClientConfig.CABundle = []byte("a bundle")
		}
		return c
	}
	t.Fatal("deploy/rollguard.yaml has no MutatingWebhookConfiguration")
	return nil
}

var place = selfprobe.Installation{Namespace: "rollguard", Probe: "rollguard-probe", Configuration: "rollguard"}

func differences(t *testing.T, c *admissionregistrationv1.MutatingWebhookConfiguration) []selfprobe.Difference {
	t.Helper()
	found, err := place.Differences(c)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheManifestsOwnConfigurationHasNoDifferences(t *testing.T) {
	if found := differences(t, manifest(t)); len(found) > 0 {
		t.Error(selfprobe.Sentences(found, 0))
	}
}

func TestWhatTheChartLeavesToItsValuesIsNoDifference(t *testing.T) {
	fail, slow := admissionregistrationv1.Fail, int32(5)
	for name, change := range map[string]func(*admissionregistrationv1.MutatingWebhook){
		"the failure policy":    func(w *admissionregistrationv1.MutatingWebhook) { w.FailurePolicy = &fail },
		"the time-out":          func(w *admissionregistrationv1.MutatingWebhook) { w.TimeoutSeconds = &slow },
		"an excluded namespace": func(w *admissionregistrationv1.MutatingWebhook) { exclude(w, "batch") },
		"the same in other words": func(w *admissionregistrationv1.MutatingWebhook) {
			w.NamespaceSelector.MatchExpressions = w.NamespaceSelector.MatchExpressions[1:]
			w.NamespaceSelector.MatchLabels = map[string]string{"rollguard.io/inject": "enabled"}
		},
		"the API's own defaults": func(w *admissionregistrationv1.MutatingWebhook) { w.ObjectSelector = &metav1.LabelSelector{} },
		"white space in a condition": func(w *admissionregistrationv1.MutatingWebhook) {
			w.MatchConditions[2].Expression = strings.ReplaceAll(w.MatchConditions[2].Expression, " ", "\n  ")
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := manifest(t)
			change(selfprobe.Entry(c, selfprobe.MainWebhook))
			if found := differences(t, c); len(found) > 0 {
				t.Error(selfprobe.Sentences(found, 0))
			}
		})
	}
}

func TestAnInstallationOfAnotherNameHasNoDifferences(t *testing.T) {
	c := manifest(t)
	main, probe := selfprobe.Entry(c, selfprobe.MainWebhook), selfprobe.Entry(c, selfprobe.ProbeWebhook)
	for _, w := range []*admissionregistrationv1.MutatingWebhook{main, probe} {
		w.ClientConfig.Service.Name, w.ClientConfig.Service.Namespace = "guard", "platform"
	}
	main.NamespaceSelector.MatchExpressions[1].Values[2] = "platform"
	probe.NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"] = "guard-probe"
	found, err := selfprobe.Installation{Namespace: "platform", Probe: "guard-probe", Configuration: "guard"}.Differences(c)
	if err != nil || len(found) > 0 {
		t.Error(selfprobe.Sentences(found, 0), err)
	}
}

func exclude(w *admissionregistrationv1.MutatingWebhook, namespace string) {
	e := &w.NamespaceSelector.MatchExpressions[1]
	e.Values = append(e.Values, namespace)
}

// leaveOut adds an expression, as somebody does who edits.
func leaveOut(namespace string) func(*admissionregistrationv1.MutatingWebhook) {
	return func(w *admissionregistrationv1.MutatingWebhook) {
		w.NamespaceSelector.MatchExpressions = append(w.NamespaceSelector.MatchExpressions, metav1.LabelSelectorRequirement{
			Key: "kubernetes.io/metadata.name", Operator: metav1.LabelSelectorOpNotIn, Values: []string{namespace},
		})
	}
}

func TestTheNamespacesThatAreLeftOutAreNamed(t *testing.T) {
	var all []corev1.Namespace
	for _, name := range []string{"batch", "kube-system", "rollguard", "rollguard-probe", "team-b", "team-c"} {
		all = append(all, corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name: name, Labels: map[string]string{"kubernetes.io/metadata.name": name, "rollguard.io/inject": "enabled"},
		}})
	}
	all = append(all, corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "other", Labels: map[string]string{"kubernetes.io/metadata.name": "other"}}})
	for name, tc := range map[string]struct {
		change func(*admissionregistrationv1.MutatingWebhook)
		want   []string
	}{
		"as the manifest has it": {func(*admissionregistrationv1.MutatingWebhook) {}, nil},
		"by the chart's values":  {func(w *admissionregistrationv1.MutatingWebhook) { exclude(w, "batch") }, nil},
		"by an edit":             {leaveOut("team-c"), []string{"team-c"}},
		"all, by another label": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.NamespaceSelector.MatchLabels = map[string]string{"team": "a"}
		}, []string{"batch", "team-b", "team-c"}},
		"none, but the probe's":   {leaveOut("rollguard-probe"), nil},
		"none, as all are called": {func(w *admissionregistrationv1.MutatingWebhook) { w.NamespaceSelector = nil }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := manifest(t)
			tc.change(selfprobe.Entry(c, selfprobe.MainWebhook))
			got, err := place.Missed(c, all)
			if err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("got %q, %v; want %q", got, err, tc.want)
			}
		})
	}
}

func condition(expression string) func(*admissionregistrationv1.MutatingWebhook) {
	return func(w *admissionregistrationv1.MutatingWebhook) {
		w.MatchConditions = append(w.MatchConditions, admissionregistrationv1.MatchCondition{Name: "freeze", Expression: expression})
	}
}

func TestEachDifferenceOfTheConfigurationIsNamed(t *testing.T) {
	slow, exact, never, other := int32(30), admissionregistrationv1.Exact, admissionregistrationv1.NeverReinvocationPolicy, "/other"
	const of = " of webhook deployments.rollguard.io is "
	const lessNamespaces = "so Rollguard is not called for namespaces with the label rollguard.io/inject=enabled and no other"
	const ours = "the manifest has kubernetes.io/metadata.name notin (kube-node-lease,kube-system,rollguard), rollguard.io/inject=enabled"
	url := "https://elsewhere.example/mutate"
	for name, tc := range map[string]struct {
		change func(*admissionregistrationv1.MutatingWebhook)
		effect selfprobe.Effect
		want   string
	}{
		"updates are left out": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.Rules[0].Operations = []admissionregistrationv1.OperationType{admissionregistrationv1.Create}
		}, selfprobe.CalledLess, "rules of webhook deployments.rollguard.io are CREATE of apps/v1 deployments, scope Namespaced, the manifest has CREATE, UPDATE of apps/v1 deployments, scope Namespaced, so Rollguard is not called for UPDATE of apps/v1 deployments"},
		"another resource": {func(w *admissionregistrationv1.MutatingWebhook) { w.Rules[0].Resources = []string{"daemonsets"} },
			selfprobe.NeverCalled, "daemonsets, scope Namespaced, the manifest has CREATE, UPDATE of apps/v1 deployments, scope Namespaced, so Rollguard is never called"},
		"one resource more": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.Rules[0].Resources = append(w.Rules[0].Resources, "statefulsets")
		}, selfprobe.Otherwise, "rules of webhook deployments.rollguard.io are CREATE, UPDATE of apps/v1 deployments, statefulsets, scope Namespaced, the manifest has"},
		"another label": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": "a"}}
		}, selfprobe.CalledLess, "namespaceSelector" + of + "team=a, " + ours + ", " + lessNamespaces},
		"one label more": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.NamespaceSelector.MatchLabels = map[string]string{"team": "a"}
		}, selfprobe.CalledLess, lessNamespaces},
		"every namespace": {func(w *admissionregistrationv1.MutatingWebhook) { w.NamespaceSelector = nil },
			selfprobe.Otherwise, "namespaceSelector" + of + "not set, " + ours + ", so Rollguard is called for namespaces that are none of its business"},
		"a namespace is left out": {leaveOut("team-c"),
			selfprobe.OthersLess, "namespaceSelector" + of + "kubernetes.io/metadata.name notin (kube-node-lease,kube-system,rollguard), kubernetes.io/metadata.name notin (team-c), rollguard.io/inject=enabled, " +
				ours + ", so Rollguard is not called for all namespaces with the label rollguard.io/inject=enabled"},
		"what is asked for twice leaves out nothing": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.NamespaceSelector.MatchExpressions = append(w.NamespaceSelector.MatchExpressions, metav1.LabelSelectorRequirement{Key: "rollguard.io/inject", Operator: metav1.LabelSelectorOpExists})
		}, selfprobe.Otherwise, ours},
		"a namespace that the cluster needs": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.NamespaceSelector.MatchExpressions[1].Values = []string{"kube-node-lease", "rollguard"}
		}, selfprobe.Otherwise, "notin (kube-node-lease,rollguard), rollguard.io/inject=enabled, the manifest has"},
		"the probe's namespace is excluded": {func(w *admissionregistrationv1.MutatingWebhook) { exclude(w, "rollguard-probe") },
			selfprobe.CalledLess, "so Rollguard is not called for namespace rollguard-probe, and the self-probe cannot work"},
		"only some Deployments": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.ObjectSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"guard": "me"}}
		}, selfprobe.CalledLess, "objectSelector" + of + "guard=me, the manifest has not set, so Rollguard is not called for all Deployments"},
		"a condition that is never true": {condition("false"),
			selfprobe.NeverCalled, "matchConditions[freeze]" + of + `"false", the manifest has not set, so Rollguard is never called`},
		"a condition more": {condition("object.metadata.namespace != 'rollguard-probe'"),
			selfprobe.CalledLess, "so Rollguard is not called where it is not true"},
		"a changed condition": {func(w *admissionregistrationv1.MutatingWebhook) { w.MatchConditions[0].Expression = "false" },
			selfprobe.NeverCalled, "matchConditions[not-being-deleted]" + of + `"false", the manifest has "!has(object.metadata.deletionTimestamp)", so Rollguard is never called`},
		"a condition less": {func(w *admissionregistrationv1.MutatingWebhook) { w.MatchConditions = w.MatchConditions[1:] },
			selfprobe.Otherwise, "matchConditions[not-being-deleted]" + of + "not set"},
		"a URL": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.ClientConfig.Service, w.ClientConfig.URL = nil, &url
		}, selfprobe.CalledLess, "clientConfig" + of + "URL https://elsewhere.example/mutate, the manifest has Service rollguard/rollguard, port 443, path /mutate"},
		"another Service": {func(w *admissionregistrationv1.MutatingWebhook) { w.ClientConfig.Service.Name = "other" },
			selfprobe.CalledLess, "clientConfig" + of + "Service rollguard/other, port 443, path /mutate"},
		"another path": {func(w *admissionregistrationv1.MutatingWebhook) { w.ClientConfig.Service.Path = &other },
			selfprobe.CalledLess, "path /other, the manifest has"},
		"it holds up writes": {func(w *admissionregistrationv1.MutatingWebhook) { w.TimeoutSeconds = &slow },
			selfprobe.Otherwise, "timeoutSeconds" + of + "30, the manifest has at most 5, so a write may be held up for more than 5 s"},
		"nobody trusts it yet": {func(w *admissionregistrationv1.MutatingWebhook) { w.ClientConfig.CABundle = nil },
			selfprobe.CalledLess, "clientConfig.caBundle" + of + "not set"},
		"exact matches": {func(w *admissionregistrationv1.MutatingWebhook) { w.MatchPolicy = &exact },
			selfprobe.Otherwise, "matchPolicy" + of + "Exact, the manifest has Equivalent"},
		"called once only": {func(w *admissionregistrationv1.MutatingWebhook) { w.ReinvocationPolicy = &never },
			selfprobe.Otherwise, "reinvocationPolicy" + of + "Never, the manifest has IfNeeded"},
	} {
		t.Run(name, func(t *testing.T) {
			c := manifest(t)
			tc.change(selfprobe.Entry(c, selfprobe.MainWebhook))
			found := differences(t, c)
			if len(found) != 1 || found[0].Effect != tc.effect || !strings.Contains(found[0].String(), tc.want) {
				t.Errorf("found %s; %+v\nwant one: %s", selfprobe.Sentences(found, 0), found, tc.want)
			}
		})
	}
}

func TestTheWorstDifferenceComesFirstAndTheOthersAreCounted(t *testing.T) {
	c, exact := manifest(t), admissionregistrationv1.Exact
	w := selfprobe.Entry(c, selfprobe.MainWebhook)
	w.MatchPolicy, w.ClientConfig.CABundle = &exact, nil
	condition("false")(w)
	f := selfprobe.Finding{Status: selfprobe.Unchanged, Detail: "it came back", Configuration: "guard", Differences: differences(t, c)}
	for _, words := range []string{"it came back; the configuration was altered: matchConditions[freeze]", "clientConfig.caBundle", "matchPolicy"} {
		if !strings.Contains(f.Says(), words) {
			t.Errorf("not said: %s, but %s", words, f.Says())
		}
	}
	if f.Advice() != selfprobe.Repair("guard") {
		t.Errorf("advice: %s", f.Advice())
	}
	if got := selfprobe.Sentences(f.Differences, 1); !strings.HasSuffix(got, "; and 2 more") || !strings.HasPrefix(got, "matchConditions") {
		t.Errorf("got %s", got)
	}
}

func TestTheProbesOwnEntryMattersToTheProbeOnly(t *testing.T) {
	ignore := admissionregistrationv1.Ignore
	for name, change := range map[string]func(*admissionregistrationv1.MutatingWebhookConfiguration){
		"it is gone":        func(c *admissionregistrationv1.MutatingWebhookConfiguration) { c.Webhooks = c.Webhooks[:1] },
		"it may fail":       func(c *admissionregistrationv1.MutatingWebhookConfiguration) { c.Webhooks[1].FailurePolicy = &ignore },
		"it is not matched": func(c *admissionregistrationv1.MutatingWebhookConfiguration) { condition("false")(&c.Webhooks[1]) },
	} {
		t.Run(name, func(t *testing.T) {
			c := manifest(t)
			change(c)
			if found := differences(t, c); len(found) != 1 || found[0].Webhook != selfprobe.ProbeWebhook || !strings.Contains(found[0].String(), "so the self-probe cannot tell why Rollguard is not reached") {
				t.Errorf("found %s", selfprobe.Sentences(found, 0))
			}
		})
	}
}

func TestEachStatusButOKHasAdvice(t *testing.T) {
	for _, s := range selfprobe.Statuses() {
		if (s.Advice() == "") != (s == selfprobe.OK) {
			t.Errorf("%s: advice %q", s, s.Advice())
		}
	}
}
