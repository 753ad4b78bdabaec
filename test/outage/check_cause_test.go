package outage

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/api"
)

func TestCheckSaysOnceThatTheConfigurationIsMissingAndThatNobodyIsGuarded(t *testing.T) {
	w := newWebhook(t)
	kubectl(t, fmt.Sprintf(shop, "alone", "report"), "apply", "-f", "-")
	w.stop()
	kubectl(t, "", "delete", "mutatingwebhookconfiguration", "rollguard")
	out := rollguard(t, world.plane.KubeconfigPath(), "check")
	for _, want := range []string{
		"\nWRONG    configuration  MutatingWebhookConfiguration rollguard does not exist, so API servers do not call Rollguard\n" +
			" +Apply Rollguard's manifest again: writes pass unguarded until then\\.\n" +
			"WRONG    admission      configuration-missing: see above\n" +
			"WRONG    webhook        no Deployment with the label app\\.kubernetes\\.io/name=rollguard in namespace rollguard\n" +
			" +Name the namespace with --rollguard-namespace, or apply Rollguard's manifest\\.\n" +
			"(WRONG|note) +namespaces ", // whether they have its rights does not matter
		`\nnote +namespaces +(1 namespace has|\d+ namespaces have) the label rollguard\.io/inject=enabled( \(alone\))?, and nobody is called for (it|them) until the webhook is back\n`,
	} {
		if out.code != 1 || !says(out.stdout, want) {
			t.Errorf("exit code %d; want %s, got\n%s", out.code, want, out.stdout)
		}
	}
	if strings.Contains(out.stdout, "namespace is guarded") || strings.Contains(out.stdout, "namespaces are guarded") {
		t.Errorf("namespaces are said to be guarded:\n%s", out.stdout)
	}
}

func TestCheckSaysThatNothingIsCompletedWhereNobodyAnswers(t *testing.T) {
	w := newWebhook(t)
	kubectl(t, fmt.Sprintf(shop, "unanswered", "report"), "apply", "-f", "-")
	w.stop()
	out := rollguard(t, world.plane.KubeconfigPath(), "check")
	for _, want := range []string{
		`\nWRONG +configuration .* was altered: clientConfig of webhook deployments\.rollguard\.io is URL `,
		`\nWRONG +admission +unreachable: .*; the cause is likely clientConfig`,
		`\nnote +namespaces +.* the label rollguard\.io/inject=enabled.*, and nothing is completed there until the webhook answers\n +See admission, above\.\n`,
	} {
		if !says(out.stdout, want) {
			t.Errorf("want %s, got\n%s", want, out.stdout)
		}
	}
}

func TestCheckNamesTheConfigurationOfAnotherName(t *testing.T) {
	newWebhook(t)
	out := rollguard(t, world.plane.KubeconfigPath(), "check", "--webhook-configuration", "guard")
	const want = "\nWRONG    configuration  MutatingWebhookConfiguration guard does not exist; its webhook is in rollguard\n" +
		" +If that is the installation that you mean, add --webhook-configuration rollguard\\.\n" +
		"ok       admission      ok: "
	if out.code != 1 || !says(out.stdout, want) || strings.Contains(out.stdout, "another Rollguard") {
		t.Errorf("exit code %d; want %s, got\n%s", out.code, want, out.stdout)
	}
}

func TestCheckDoesNotSayThatNobodyElseIsCalledToWhoMayNotLook(t *testing.T) {
	newWebhook(t)
	kubectl(t, fmt.Sprintf(shop, "watched", "report"), "apply", "-f", "-")
	const user = "lists-namespaces"
	kubectl(t, "", "create", "clusterrole", user, "--verb=list", "--resource=namespaces")
	kubectl(t, "", "create", "clusterrolebinding", user, "--clusterrole="+user, "--user="+user)
	list := listed(t, kubeconfigOf(t, user))
	if slices.ContainsFunc(list, func(p point) bool { return strings.Contains(p.Says, "nobody else") }) {
		t.Errorf("%+v", list)
	}
	if !slices.ContainsFunc(list, func(p point) bool {
		return p.Name == "namespaces" && strings.Contains(p.Says, api.LabelInject) && strings.HasSuffix(p.Says, " is not known") && p.Advice == "See admission, above."
	}) {
		t.Errorf("namespaces are said to be guarded: %+v", list)
	}
}

func TestAnEmptyCABundleIsNotHeldAgainstWhatIsServed(t *testing.T) {
	w := newWebhook(t)
	w.stop()
	kubectl(t, "", "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p",
		`[{"op":"remove","path":"/webhooks/0/clientConfig/caBundle"}]`)
	by, _ := points(t)
	if by["certificate"] != "the caBundle is empty, so API servers trust nobody" ||
		by["serving"] != "the certificate of Secret rollguard/rollguard-certificates is valid for 89 days" {
		t.Errorf("%q", by)
	}
}

func TestCheckNamesTheNamespacesThatAnAlteredSelectorLeavesOut(t *testing.T) {
	newWebhook(t)
	unconfigure(t)
	for _, name := range []string{"team-b", "team-c"} {
		until(t, fmt.Sprintf(shop, name, "report"))
	}
	kubectl(t, "", "annotate", "namespace", "team-b", "rollguard.io/mode=audit")
	kubectl(t, "", "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p",
		`[{"op":"add","path":"/webhooks/0/namespaceSelector/matchExpressions/-","value":{"key":"kubernetes.io/metadata.name","operator":"NotIn","values":["team-c"]}}]`)
	out := rollguard(t, world.plane.KubeconfigPath(), "check")
	for _, want := range []string{
		`\nWRONG +configuration .* was altered: namespaceSelector of webhook deployments\.rollguard\.io is .*notin \(team-c\).*, the manifest has .*, so Rollguard is not called for labelled namespace team-c\n` +
			` +Put it right with kubectl edit mutatingwebhookconfiguration rollguard .* kubectl get mutatingwebhookconfiguration rollguard -o yaml --show-managed-fields\n`,
		`\nok +admission +ok: `,
		` in mode audit, where nothing is written( \(team-b\))?`,
	} {
		if out.code != 1 || !says(out.stdout, want) {
			t.Errorf("exit code %d; want %s, got\n%s", out.code, want, out.stdout)
		}
	}
	// The commands of the advice are pasted.
	changed := kubectl(t, "", "get", "mutatingwebhookconfiguration", "rollguard", "-o", "yaml", "--show-managed-fields")
	if !strings.Contains(changed.Stdout, "manager: kubectl-patch") {
		t.Errorf("whoever changed it is not named:\n%s", changed.Stdout)
	}
}
