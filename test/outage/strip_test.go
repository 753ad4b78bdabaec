package outage

import (
	"context"
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/test/install"
)

func TestStripTakesBackOnTheClusterWhatAdmissionWouldNotAddAgain(t *testing.T) {
	newWebhook(t)
	const namespace = "strip"
	kubectl(t, fmt.Sprintf(shop, namespace, "report"), "apply", "-f", "-")
	kubectl(t, fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	admin := world.plane.KubeconfigPath()
	strip := func(code int, words string, args ...string) {
		t.Helper()
		out := rollguard(t, admin, append([]string{"strip", "-n", namespace}, args...)...)
		if out.code != code || !strings.Contains(out.stdout+out.stderr, words) {
			t.Errorf("%v: exit code %d, want %d and %q; stdout:\n%s\nstderr:\n%s", args, out.code, code, words, out.stdout, out.stderr)
		}
	}
	record := func() string {
		t.Helper()
		d, err := world.clients.AppsV1().Deployments(namespace).Get(t.Context(), "web", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if d.Annotations[api.AnnotationInjected] == "" && d.Spec.Template.Spec.Containers[0].Lifecycle != nil {
			t.Error("the record went, and what it records stayed")
		}
		return d.Annotations[api.AnnotationInjected]
	}
	if record() == "" {
		t.Fatal("nothing was added, so there is nothing to take back")
	}
	strip(2, "stays: admission would add it again; kubectl label deployment web -n strip", "--apply", "--yes")
	if record() == "" {
		t.Error("it was removed where admission adds it again")
	}
	kubectl(t, "", "label", "namespace", namespace, api.LabelInject+"-")
	strip(0, "it rolls by that")
	strip(2, "rollguard: nothing was changed: an answer is taken from a terminal only, so add --yes here to remove it from 1 Deployment, which rolls by that\n", "--apply")
	strip(2, "deployment/nobody is not in namespace strip", "deployment/nobody")
	if record() == "" {
		t.Error("it was removed without a yes")
	}
	strip(0, "strip/web: removed", "deployment/web", "--apply", "--yes")
	if left := record(); left != "" {
		t.Errorf("left: %s", left)
	}
	strip(0, "Nothing of Rollguard's in namespace strip.")
}

// After the off switch, as before an uninstall, nothing is added again, whatever the label says.
func TestStripTakesAllBackWhereNoWebhookIsAtWork(t *testing.T) {
	const namespace = "strip-off"
	w := newWebhook(t)
	disable(t, namespace)
	w.works()
	kubectl(t, fmt.Sprintf(shop, namespace, "report")+"---"+fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	w.stop()
	kubectl(t, "", "delete", "mutatingwebhookconfiguration", "rollguard")
	defer w.configure()
	admin := world.plane.KubeconfigPath()
	if out := rollguard(t, admin, "strip", "-n", namespace); out.code != 0 || !strings.Contains(out.stdout, "it rolls by that") {
		t.Errorf("exit code %d: %s%s", out.code, out.stdout, out.stderr)
	}
	if out := rollguard(t, admin, "strip", "-n", namespace, "--apply", "--yes"); out.code != 0 || !strings.HasSuffix(out.stdout, "\nstrip-off/web: removed\n") {
		t.Errorf("exit code %d: %s%s", out.code, out.stdout, out.stderr)
	}
}

// The way that strip itself advises: the label, and then strip.
func TestStripTakesAllBackFromADeploymentThatOptedOutWhileAdmissionWatches(t *testing.T) {
	newWebhook(t)
	const namespace = "strip-opted-out"
	kubectl(t, fmt.Sprintf(shop, namespace, "report"), "apply", "-f", "-")
	kubectl(t, fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	guarded := get(t, namespace)
	if guarded.Annotations[api.AnnotationInjected] == "" {
		t.Fatal("nothing was added, so there is nothing to take back")
	}
	kubectl(t, "", "label", "deployment", "web", "-n", namespace, api.LabelInject+"="+api.InjectDisabled)
	out := rollguard(t, world.plane.KubeconfigPath(), "strip", "deployment/web", "-n", namespace, "--apply", "--yes")
	if out.code != 0 || !strings.HasSuffix(out.stdout, "\nstrip-opted-out/web: removed\n") {
		t.Errorf("%+v", out)
	}
	d := get(t, namespace)
	pod := &d.Spec.Template.Spec
	app := &pod.Containers[0]
	if app.Lifecycle != nil || app.ReadinessProbe != nil || app.StartupProbe != nil || *pod.TerminationGracePeriodSeconds != 30 || d.Spec.MinReadySeconds != 0 {
		t.Errorf("left: %+v", d.Spec)
	}
	if got := d.Spec.Strategy.RollingUpdate.MaxUnavailable.String(); got != "25%" {
		t.Errorf("maxUnavailable %s", got)
	}
	if left := d.Annotations[api.AnnotationInjected]; left != "" {
		t.Errorf("left: %s", left)
	}
	if d.Generation == guarded.Generation || d.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"] == "" {
		t.Errorf("it does not roll: %+v", d.Spec.Template.Annotations)
	}
}

// keepsUnavailable is somebody else's policy, by which no Pod may be missing in a rollout.
const keepsUnavailable = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: keeps-max-unavailable}
spec:
  failurePolicy: Fail
  reinvocationPolicy: IfNeeded
  matchConstraints:
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], resources: [deployments], operations: [UPDATE]}]
  mutations:
  - patchType: JSONPatch
    jsonPatch:
      expression: '[JSONPatch{op: "replace", path: "/spec/strategy/rollingUpdate/maxUnavailable", value: 0}]'
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: keeps-max-unavailable}
spec:
  policyName: keeps-max-unavailable
  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: strip-put-back}}}
`

// Somebody else's webhook may put back what strip takes: the opposite of "removed" is said.
func TestStripSaysWhatDidNotGo(t *testing.T) {
	newWebhook(t)
	const namespace = "strip-put-back"
	kubectl(t, fmt.Sprintf(shop, namespace, "report"), "apply", "-f", "-")
	kubectl(t, fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	kubectl(t, "", "label", "namespace", namespace, api.LabelInject+"-")
	kubectl(t, keepsUnavailable, "apply", "-f", "-")
	t.Cleanup(func() {
		for _, kind := range []string{"mutatingadmissionpolicybinding", "mutatingadmissionpolicy"} {
			if _, err := install.Kubectl(context.Background(), world.plane, nil, "delete", kind, "keeps-max-unavailable"); err != nil {
				t.Error(err)
			}
		}
	})
	eventually(t, "the policy is in force", func(context.Context) bool {
		changed := kubectl(t, "", "patch", "deployment", "web", "-n", namespace, "--dry-run=server", "-o", "yaml",
			"-p", `{"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":3}}}}`)
		return !strings.Contains(changed.Stdout, "maxUnavailable: 3")
	})
	out := rollguard(t, world.plane.KubeconfigPath(), "strip", "deployment/web", "-n", namespace, "--apply", "--yes")
	if out.code != 2 || !strings.HasSuffix(out.stdout, "\nstrip-put-back/web: not removed: maxUnavailable\n") || !strings.HasPrefix(out.stderr, "rollguard: not removed from strip-put-back/web: ") {
		t.Errorf("%+v", out)
	}
}
