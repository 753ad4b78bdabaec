package outage

import (
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/api"
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
	strip(0, "stays: admission would add it again; kubectl label deployment web -n strip", "--apply", "--yes")
	if record() == "" {
		t.Error("it was removed where admission adds it again")
	}
	kubectl(t, "", "label", "namespace", namespace, api.LabelInject+"-")
	strip(0, "it rolls by that")
	strip(2, "add --yes, as there is nobody to ask", "--apply")
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
