package outage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/install"
)

// point is one of those that "check" lists.
type point struct {
	Name, Says, Advice string
	OK                 bool
}

// word is how the text form begins.
func (p point) word() string {
	switch {
	case !p.OK:
		return "WRONG"
	case p.Advice != "":
		return "note"
	}
	return "ok"
}

func listed(t *testing.T, kubeconfig string) []point {
	t.Helper()
	out := rollguard(t, kubeconfig, "check", "-o", "json")
	var list []point
	if err := json.Unmarshal([]byte(out.stdout), &list); err != nil {
		t.Fatalf("%v: %+v", err, out)
	}
	for _, p := range list {
		if !p.OK && p.Advice == "" || strings.ContainsAny(p.Says+p.Advice, "\r\n") {
			t.Errorf("what is wrong has no advice, or not one line: %+v", p)
		}
	}
	return list
}

// tells waits until check says something in these words, each "word name says".
func tells(t *testing.T, kubeconfig string, words ...string) {
	t.Helper()
	var missing, got []string
	defer func() {
		if t.Failed() {
			t.Logf("missing:\n%s\ngot:\n%s", strings.Join(missing, "\n"), strings.Join(got, "\n"))
		}
	}()
	eventually(t, "check says it", func(context.Context) bool {
		got = got[:0]
		for _, p := range listed(t, kubeconfig) {
			got = append(got, p.word()+" "+p.Name+" "+p.Says)
		}
		missing = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(got, w) })
		return len(missing) == 0
	})
}

// until deletes what a test applied when it is over.
func until(t *testing.T, manifest string) {
	t.Helper()
	kubectl(t, manifest, "apply", "-f", "-")
	t.Cleanup(func() { // the test's own context has ended
		if _, err := install.Kubectl(context.Background(), world.plane, []byte(manifest), "delete", "--wait=false", "-f", "-"); err != nil {
			t.Error(err)
		}
	})
}

// capping shortens every grace period in a namespace, as cluster administrators do whose
// nodes drain too slowly, and lets the Deployments of the self-probe wait.
const capping = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: cap}
spec:
  failurePolicy: Fail
  reinvocationPolicy: Never
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]}
  mutations: [{patchType: ApplyConfiguration, applyConfiguration: {expression: "Object{spec: Object.spec{terminationGracePeriodSeconds: 5}}"}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: cap}
spec: {policyName: cap, matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: capped}}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: wait}
spec:
  failurePolicy: Fail
  reinvocationPolicy: Never
  matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], resources: [deployments], operations: [CREATE]}]}
  mutations: [{patchType: ApplyConfiguration, applyConfiguration: {expression: "Object{spec: Object.spec{minReadySeconds: 90}}"}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: wait}
spec: {policyName: wait, matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: rollguard-probe}}}}
`

// running is a ReplicaSet of which nobody makes Pods: no controller runs here.
const running = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: capped}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-1, namespace: capped}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 40
      containers: [{name: app, image: "registry.example/web:1"}]
`

const pod = `
apiVersion: v1
kind: Pod
metadata:
  name: web-1-%[1]s
  namespace: capped
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: %[2]s, controller: true}]
spec:
  terminationGracePeriodSeconds: 40
  containers: [{name: app, image: "registry.example/web:1"}]
`

func TestCheckNamesWhoChangesWhatRollguardSets(t *testing.T) {
	newWebhook(t)
	admin := world.plane.KubeconfigPath()
	kubectl(t, fmt.Sprintf(shop, "capped", "report")+"---"+running, "apply", "-f", "-")
	set, err := world.clients.AppsV1().ReplicaSets("capped").Get(t.Context(), "web-1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	kubectl(t, fmt.Sprintf(pod, "before", set.UID), "create", "-f", "-")
	for _, p := range listed(t, admin) {
		if p.Name == "pods" && !p.OK || p.Name == "mutators" && strings.Contains(p.Says, "Policy") {
			t.Errorf("before anything is changed: %+v", p)
		}
	}
	until(t, capping)
	eventually(t, "the API server follows the policy", func(ctx context.Context) bool {
		out, err := install.Kubectl(ctx, world.plane, []byte(fmt.Sprintf(pod, "asked", set.UID)), "create", "--dry-run=server", "-o", "jsonpath={.spec.terminationGracePeriodSeconds}", "-f", "-")
		return err == nil && out.Stdout == "5"
	})
	kubectl(t, fmt.Sprintf(pod, "after", set.UID), "create", "-f", "-")
	tells(t, admin,
		"note mutators MutatingAdmissionPolicy cap names terminationGracePeriodSeconds, for Pods in 1 labelled namespace (capped)",
		"note mutators the probe's Deployment comes back with spec.minReadySeconds 90: not by Rollguard, and not by default; by MutatingAdmissionPolicy wait",
		"WRONG pods Pod capped/web-1-after has terminationGracePeriodSeconds 5, and its template 40",
	)
}

const injectors = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector}
webhooks:
- name: namespace.sidecar-injector.istio.io
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Ignore
  timeoutSeconds: 1
  clientConfig: {url: "https://127.0.0.1:1/inject"}
  namespaceSelector: {matchLabels: {istio-injection: enabled}}
  rules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: agents}
webhooks:
- name: agents.example.org
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Ignore
  timeoutSeconds: 1
  clientConfig: {url: "https://127.0.0.1:1/inject"}
  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: meshed}}
  rules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
`

func TestCheckListsOtherWebhooksAsNotes(t *testing.T) {
	newWebhook(t)
	kubectl(t, fmt.Sprintf(shop, "meshed", "report"), "apply", "-f", "-")
	kubectl(t, "", "label", "namespace", "meshed", "istio-injection=enabled")
	until(t, injectors)
	tells(t, world.plane.KubeconfigPath(),
		"note mutators Istio may add a proxy to Pods, which as an ordinary container stops while the application still sleeps, and ask the application's HTTP probes itself, in 1 labelled namespace (meshed): namespace.sidecar-injector.istio.io of istio-sidecar-injector",
		"note mutators 1 webhook whose doings are not known may change Pods in 1 labelled namespace (meshed): agents.example.org of agents",
	)
}

const twin = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: team-rollguard}
webhooks:
- name: deployments.rollguard.io
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Ignore
  timeoutSeconds: 1
  clientConfig: {url: "https://127.0.0.1:1/mutate"}
  namespaceSelector: {matchLabels: {rollguard.io/inject: enabled}}
  rules: [{apiGroups: [apps], apiVersions: [v1], resources: [deployments], operations: [CREATE]}]
`

func TestCheckNamesASecondRollguard(t *testing.T) {
	newWebhook(t)
	until(t, twin)
	tells(t, world.plane.KubeconfigPath(),
		"WRONG mutators MutatingWebhookConfiguration team-rollguard is of another Rollguard, beside rollguard: both complete the same Deployments")
}

const mistaken = `
apiVersion: v1
kind: Namespace
metadata:
  name: mistaken
  labels: {rollguard.io/inject: enabled, rollguard.io/mode: audit}
  annotations: {rollguard.io/max-unavailabel: "1", rollguard.io/request-timeout: 15 seconds}
---
apiVersion: v1
kind: Namespace
metadata: {name: idle, annotations: {rollguard.io/mode: audit}}
---
apiVersion: v1
kind: Namespace
metadata: {name: nearly, labels: {rollguard.io/inject: "true"}}
`

func TestCheckListsNamespacesWhoseWordsDoNothing(t *testing.T) {
	newWebhook(t)
	until(t, mistaken)
	tells(t, world.plane.KubeconfigPath(),
		"WRONG namespaces mistaken: label rollguard.io/mode has no effect: it is an annotation; "+
			"namespace annotation rollguard.io/max-unavailabel is not known and has no effect; did you mean max-unavailable?; "+
			`namespace annotation rollguard.io/request-timeout is ignored: "15 seconds" is not a duration such as 15s`,
		"note namespaces idle: has annotations of Rollguard and not its label, so nothing is guarded there",
		`note namespaces nearly: label rollguard.io/inject is "true" and not "enabled", so nothing is guarded there`,
	)
}

// binding is a kind of a controller of AWS, in one version.
const binding = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: targetgroupbindings.%[1]s}
spec:
  group: %[1]s
  scope: Namespaced
  names: {kind: TargetGroupBinding, listKind: TargetGroupBindingList, plural: targetgroupbindings, singular: targetgroupbinding}
  versions: [{name: %[2]s, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
`

func TestCheckNamesKindsThatTheWebhookMayNotRead(t *testing.T) {
	w := newWebhook(t)
	admin := world.plane.KubeconfigPath()
	until(t, fmt.Sprintf(binding, "elbv2.k8s.aws", "v1beta1")+"---"+fmt.Sprintf(binding, "eks.amazonaws.com", "v9"))
	tells(t, admin, "note kinds TargetGroupBinding (eks.amazonaws.com) cannot be read: served as v9 only, and Rollguard reads v1")
	role, err := world.clients.RbacV1().ClusterRoles().Get(t.Context(), "rollguard", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range role.Rules {
		role.Rules[i].Resources = slices.DeleteFunc(role.Rules[i].Resources, func(r string) bool { return r == "targetgroupbindings" || r == "resourcequotas" })
	}
	if _, err := world.clients.RbacV1().ClusterRoles().Update(t.Context(), role, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	tells(t, admin, "WRONG kinds service account rollguard/rollguard may not list and watch resourcequotas, targetgroupbindings.elbv2.k8s.aws, which the cluster has: what they decide is not known to Rollguard")
	w.configure()
	eventually(t, "the manifest mends it, as the advice says", func(context.Context) bool {
		return !slices.ContainsFunc(listed(t, admin), func(p point) bool { return p.Name == "kinds" && !p.OK })
	})
}

func TestCheckSaysWhatWhoeverAsksMayNotRead(t *testing.T) {
	newWebhook(t)
	kubectl(t, fmt.Sprintf(shop, "limited", "report"), "apply", "-f", "-")
	for _, p := range listed(t, lister(t, "limited")) {
		if p.Name == "mutators" || p.Name == "namespaces" || p.Name == "kinds" {
			if p.word() != "note" || !strings.Contains(p.Says, "you may not ") {
				t.Errorf("%s %s %s: %s", p.word(), p.Name, p.Says, p.Advice)
			}
		}
	}
}
