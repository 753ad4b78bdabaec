package apiserver

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/test/kube"
)

// Without an Ingress there is no difference at all. With one, Helm creates it after the
// Deployment, and admission cannot see it: the namespace's annotation exposure says it then.
func TestAChartThatIsRenderedIsStoredAsAdmissionStoresIt(t *testing.T) {
	binaries, err := kube.EnsureBinaries(t.Context(), os.Stderr, "helm")
	if err != nil {
		t.Fatal(err)
	}
	chart, err := exec.CommandContext(t.Context(), binaries["helm"], "template", "shop", "../pipelines/testdata/chart").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name, annotations := range map[string]map[string]string{
		"plain":  {},
		"behind": {"exposure": "alb-ip", "readiness-path": "/ready", "startup-path": "/started"},
	} {
		admitted, rendered := "chart-admitted-"+name, "chart-rendered-"+name
		enabled := api.LabelInject + ": " + api.InjectEnabled
		run(t, namespaceWith(admitted, enabled, annotations), "apply", "-f", "-")
		run(t, namespaceWith(rendered, "rendered: here", annotations), "apply", "-f", "-")
		files := namespaceWith(rendered, enabled, annotations) + "---\n" + string(chart)
		cmd := exec.CommandContext(t.Context(), "go", "run", "./cmd/rollguard", "render", "-n", rendered, "-f", "-")
		cmd.Dir, cmd.Stdin = "../..", strings.NewReader(files)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		_, result, _ := bytes.Cut(out, []byte("---\n")) // the Namespace is there already
		run(t, string(chart), "apply", "-n", admitted, "-f", "-")
		run(t, string(result), "apply", "-n", rendered, "-f", "-")
		var specs [2]any
		var records [2]string
		for i, namespace := range []string{admitted, rendered} {
			d, err := world.clients.AppsV1().Deployments(namespace).Get(t.Context(), "shop", metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			specs[i], records[i] = d.Spec, d.Annotations[api.AnnotationInjected]
		}
		if diff := cmp.Diff(specs[0], specs[1]); diff != "" {
			t.Errorf("%s: (-admitted +rendered)\n%s", name, diff)
		}
		if records[0] == "" {
			t.Errorf("%s: admission added nothing", name)
		}
	}
}
