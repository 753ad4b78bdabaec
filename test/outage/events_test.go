package outage

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/test/docs"
	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube/build"
)

// eventCommands are the commands of the pages that list Events of one reporter.
func eventCommands(t *testing.T) []docs.Command {
	t.Helper()
	root, err := build.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard", "docs/*.md", "README.md", "deploy/*.md")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []docs.Command
	for _, page := range strings.Fields(string(out)) {
		inline, err := docs.Inline(root, page, "kubectl")
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := docs.Blocks(root, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocks {
			inline = append(inline, b.Commands()...)
		}
		for _, c := range inline {
			if strings.Contains(c.Text, "reportingComponent=") {
				all = append(all, c)
			}
		}
	}
	return all
}

// kubectl ends with 0 where it finds nothing, so that it runs proves nothing: here there are
// Events of each of Rollguard's reporters, and each command of the pages must find some.
func TestTheEventsCommandsOfThePagesListEventsThatAreThere(t *testing.T) {
	w := newWebhook(t)
	const namespace = "listed"
	kubectl(t, strings.Replace(fmt.Sprintf(shop, namespace, "report"), "rollguard.io/inject: enabled", "a: b", 1)+"---"+fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	kubectl(t, "", "label", "namespace", namespace, "rollguard.io/inject=enabled")
	t.Cleanup(func() { // the test's own context has ended
		if _, err := install.Kubectl(context.Background(), world.plane, nil, "delete", "deployment", "web", "-n", namespace); err != nil {
			t.Error(err)
		}
	})
	eventually(t, "the Deployment is reported", func(ctx context.Context) bool { return reports(ctx, t, namespace) > 0 })
	kubectl(t, "", "delete", "mutatingwebhookconfiguration", "rollguard")
	w.finds("configuration-missing")
	eventually(t, "the fault is reported", func(ctx context.Context) bool { return events(ctx, t, "configuration-missing: ") > 0 })
	wanted := map[string]string{"RollguardUnguarded": "", "RollguardNotWorking": ""}
	for _, c := range eventCommands(t) {
		out := kubectl(t, "", strings.Fields(c.Text)[1:]...)
		if strings.TrimSpace(out.Stdout) == "" {
			t.Errorf("%s\nlists nothing: %s", c, out.Stderr)
		}
		for reason := range wanted {
			if strings.Contains(out.Stdout, reason) {
				delete(wanted, reason)
			}
		}
	}
	for reason := range wanted {
		t.Errorf("no command of the pages lists Events of the reason %s", reason)
	}
}
