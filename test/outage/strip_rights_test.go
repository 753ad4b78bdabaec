package outage

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/api"
)

// mayChange is a kubeconfig of a user who may read Deployments and namespaces everywhere, and
// patch the Deployments of one namespace.
func mayChange(t *testing.T, name, namespace string) string {
	t.Helper()
	kubectl(t, "", "create", "clusterrole", name, "--verb=get,list", "--resource=deployments.apps,namespaces")
	kubectl(t, "", "create", "clusterrolebinding", name, "--clusterrole="+name, "--user="+name)
	kubectl(t, "", "create", "role", name, "-n", namespace, "--verb=patch", "--resource=deployments.apps")
	kubectl(t, "", "create", "rolebinding", name, "-n", namespace, "--role="+name, "--user="+name)
	return kubeconfigOf(t, name)
}

func TestStripSaysInALineWhatItMayNotReadOrChange(t *testing.T) {
	newWebhook(t)
	const mine, theirs = "strip-mine", "strip-theirs"
	for _, namespace := range []string{mine, theirs} {
		kubectl(t, fmt.Sprintf(shop, namespace, "report"), "apply", "-f", "-")
		kubectl(t, fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
		if get(t, namespace).Annotations[api.AnnotationInjected] == "" {
			t.Fatal("nothing was added, so there is nothing to take back")
		}
		kubectl(t, "", "label", "namespace", namespace, api.LabelInject+"-")
	}
	reader := mayRead(t, "strip-reader", mine, "deployments.apps,namespaces")
	lister := mayRead(t, "strip-lister", mine, "deployments.apps")
	patcher := mayChange(t, "strip-patcher", mine)
	for _, tc := range []struct {
		name, kubeconfig string
		args             []string
		code             int
		stdout, stderr   string // regular expressions; an empty one wants nothing
	}{
		{
			"who may read one namespace sees what would go", reader, []string{"-n", mine}, 0,
			`^strip-mine/web: .*\n  it rolls by that\n$`, ``,
		},
		{
			"who may not patch is told so", reader, []string{"-n", mine, "--apply", "--yes"}, 2,
			`^strip-mine/web: .*\n  it rolls by that\n$`,
			`^rollguard: 1 Deployment was left as it is: you may not patch Deployments in namespace strip-mine; have somebody run this who may\n$`,
		},
		{
			"who may not read the Deployments", reader, []string{"-n", theirs}, 2,
			``, `^rollguard: user strip-reader may not read namespace strip-theirs and its deployments; ask for ClusterRole view in namespace strip-theirs, or name a namespace that you may read with -n\n$`,
		},
		{
			"who may not list namespaces", reader, []string{"-A"}, 2,
			``, `^rollguard: user strip-reader may not list namespaces: name one with -n, or ask for ClusterRole view in the whole cluster\n$`,
		},
		{
			"who may not read the namespace cannot know whether it comes again", lister, []string{"web", "-n", mine}, 0,
			`^strip-mine/web: `, `^rollguard: user strip-lister may not read namespace strip-mine, so what is said may be wrong; ask for ClusterRole view in namespace strip-mine\n$`,
		},
		{
			"who may patch in one namespace of all does so there", patcher, []string{"-A", "--apply", "--yes"}, 2,
			`\nstrip-mine/web: removed\n$`,
			`^rollguard: \d+ Deployments? (was|were) left as (it is|they are): you may not patch Deployments in namespace (.*, )?strip-theirs; have somebody run this who may\n$`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := rollguard(t, tc.kubeconfig, append([]string{"strip"}, tc.args...)...)
			if out.code != tc.code || !says(out.stdout, tc.stdout) || !says(out.stderr, tc.stderr) {
				t.Errorf("exit code %d, want %d; stdout:\n%s\nstderr:\n%s", out.code, tc.code, out.stdout, out.stderr)
			}
		})
	}
	if left := get(t, theirs).Annotations[api.AnnotationInjected]; left == "" {
		t.Error("it was removed by somebody who may not")
	}
	if left := get(t, mine).Annotations[api.AnnotationInjected]; left != "" {
		t.Errorf("left in the namespace of who may patch: %s", left)
	}
}

func says(text, want string) bool {
	return regexp.MustCompile(want).MatchString(text) && (want != "" || text == "")
}

// A table is never wider than the terminal. A line of check holds all that it has to say,
// with the advice below.
func TestStatusAndCheckFitWhoeverAsks(t *testing.T) {
	w := newWebhook(t)
	const namespace = "narrow"
	kubectl(t, fmt.Sprintf(shop, namespace, "report"), "apply", "-f", "-")
	w.stop()
	kubectl(t, fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	t.Run("status on a narrow terminal", func(t *testing.T) {
		t.Setenv("COLUMNS", "40")
		out := rollguard(t, world.plane.KubeconfigPath(), "status", "-n", namespace)
		if out.code != 1 || !strings.Contains(out.stdout, "narrow/web") {
			t.Errorf("%+v", out)
		}
		for line := range strings.Lines(out.stdout) {
			if len(line) > 41 {
				t.Errorf("%d columns: %s", len(line)-1, line)
			}
		}
	})
	limited := mayRead(t, "checks", namespace, "deployments.apps")
	for name, tc := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"check, as who may read little": {nil, 2, []string{
			"unknown  configuration  MutatingWebhookConfiguration rollguard cannot be read: you may not get mutatingwebhookconfigurations\\.admissionregistration\\.k8s\\.io\n" +
				" +You ask as checks: ask as a cluster administrator, or get the rights that docs/reference/check\\.md lists\\.\n" +
				"unknown  admission      unknown: you may not create deployments\\.apps in namespace rollguard-probe\n" +
				"unknown  webhook        its Deployment cannot be read: you may not list deployments\\.apps in namespace rollguard\n" +
				"note     kinds          what service account rollguard/rollguard may read is not known: you may not create subjectaccessreviews\\.authorization\\.k8s\\.io\n" +
				"note     namespaces     you may not list namespaces, so neither their annotations nor who else changes Pods there is known\n" +
				"note     mutators       who else is called is not known: you may not list mutatingwebhookconfigurations\\.admissionregistration\\.k8s\\.io, mutatingadmissionpolicies\\.admissionregistration\\.k8s\\.io\n" +
				"rollguard: whether it works is not known: configuration, admission, webhook could not be looked at\n$",
		}},
		"check in a form that does not exist": {[]string{"-o", "table"}, 2, []string{`^rollguard: -o "table": is none of text, json\n`}},
	} {
		t.Run(name, func(t *testing.T) {
			out := rollguard(t, limited, append([]string{"check"}, tc.args...)...)
			for _, want := range tc.says {
				if out.code != tc.code || !says(out.stdout+out.stderr, want) {
					t.Errorf("exit code %d, want %d and %q; it says\n%s%s", out.code, tc.code, want, out.stdout, out.stderr)
				}
			}
		})
	}
}
