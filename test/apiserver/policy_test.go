package apiserver

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/test/install"
)

// policied is a Deployment that differs from the bare one in a line or two: of its spec, of
// its Pod, and of its container.
type policied struct{ labels, spec, pod, container, more string }

func varied() map[string]policied {
	const second = "\n      - {name: second, image: registry.example/second:1%s}"
	return map[string]policied{
		"bare":            {},
		"opted-out":       {labels: "rollguard.io/inject: disabled"},
		"two-containers":  {more: fmt.Sprintf(second, "")},
		"grace-long":      {pod: "terminationGracePeriodSeconds: 120"},
		"grace-short":     {pod: "terminationGracePeriodSeconds: 20"},
		"grace-tiny":      {pod: "terminationGracePeriodSeconds: 3"},
		"recreate":        {spec: "strategy: {type: Recreate}"},
		"no-surge":        {spec: "strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}"},
		"half":            {spec: "strategy: {rollingUpdate: {maxUnavailable: 50%}}"},
		"surge-two":       {spec: "strategy: {rollingUpdate: {maxSurge: 2}}"},
		"host-network":    {pod: "hostNetwork: true"},
		"claim":           {pod: "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"},
		"own-short-sleep": {container: "lifecycle: {preStop: {sleep: {seconds: 5}}}", more: fmt.Sprintf(second, "")},
		"own-long-sleep":  {pod: "terminationGracePeriodSeconds: 100", container: "lifecycle: {preStop: {sleep: {seconds: 60}}}"},
		"own-hook":        {container: "lifecycle: {preStop: {httpGet: {path: /stop, port: 8080}}}"},
		"post-start":      {container: "lifecycle: {postStart: {httpGet: {path: /start, port: 8080}}}"},
		"udp":             {container: "ports: [{containerPort: 53, protocol: UDP}]"},
	}
}

func (p policied) manifest(name string) string {
	ports := "ports: [{containerPort: 8080}]"
	if strings.Contains(p.container, "ports:") {
		ports = ""
	}
	line := func(indent, text string) string {
		if text == "" {
			return ""
		}
		return indent + text + "\n"
	}
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name + "\n" +
		labels(p.labels) + "spec:\n  replicas: 4\n" + line("  ", p.spec) +
		"  selector: {matchLabels: {app: " + name + "}}\n  template:\n    metadata: {labels: {app: " + name + "}}\n    spec:\n" +
		line("      ", p.pod) + "      containers:\n      - name: app\n        image: registry.example/app:1\n" +
		line("        ", ports) + line("        ", p.container) + strings.TrimPrefix(p.more, "\n") + "\n---\n"
}

func labels(text string) string {
	if text == "" {
		return ""
	}
	return "  labels: {" + text + "}\n"
}

// static is what the policy writes too.
type static struct {
	Strategy appsv1.DeploymentStrategy
	Grace    *int64
	PreStop  map[string]*corev1.LifecycleHandler
}

func staticOf(d *appsv1.Deployment) static {
	s := static{d.Spec.Strategy, d.Spec.Template.Spec.TerminationGracePeriodSeconds, map[string]*corev1.LifecycleHandler{}}
	for _, c := range d.Spec.Template.Spec.Containers {
		if c.Lifecycle != nil {
			s.PreStop[c.Name] = c.Lifecycle.PreStop
		}
	}
	return s
}

func TestTheExportedPolicyStoresWhatTheWebhookStores(t *testing.T) {
	const label = "rollguard-test-policy"
	cmd := exec.CommandContext(t.Context(), "go", "run", "./cmd/rollguard", "policy", "export", "--label", label+"=yes")
	cmd.Dir = "../.."
	policy, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	run(t, string(policy), "apply", "-f", "-")
	compared, changed := 0, 0
	for name, annotations := range map[string]map[string]string{
		"plain":   {},
		"careful": {"profile": "careful", "exposure": "alb-instance"},
		"asked":   {"pre-stop-sleep": "40s", "max-surge": "50%", "max-unavailable": "1"},
		"drains":  {"drains-on-sigterm": "true", "request-timeout": "1m", "grace-period": "3m"},
		"wrong":   {"pre-stop-sleep": "soon", "profile": "nobody", "max-surge": "0", "shutdown-margin": "1500ms"},
		"watched": {"mode": "audit"},
	} {
		webhooked, native := "policy-by-webhook-"+name, "policy-by-policy-"+name
		for namespace, key := range map[string]string{webhooked: api.LabelInject + ": " + api.InjectEnabled, native: label + `: "yes"`} {
			run(t, namespaceWith(namespace, key, annotations), "apply", "-f", "-")
		}
		policyWorks(t, native, name == "watched")
		var created, applied strings.Builder
		for deployment, p := range varied() {
			created.WriteString(p.manifest(deployment))
		}
		applied.WriteString(policied{spec: "strategy: {rollingUpdate: {maxUnavailable: 25%}}"}.manifest("spelled-out"))
		for _, namespace := range []string{webhooked, native} {
			run(t, created.String(), "create", "-n", namespace, "-f", "-")
			run(t, applied.String(), "apply", "-n", namespace, "-f", "-")
		}
		want, got := stored(t, webhooked), stored(t, native)
		for deployment, s := range want {
			compared++
			if diff := cmp.Diff(s, got[deployment]); diff != "" {
				t.Errorf("%s, %s: (-webhook +policy)\n%s", name, deployment, diff)
			}
			if len(s.PreStop) > 0 {
				changed++
			}
		}
	}
	if compared < 50 || changed < 30 {
		t.Errorf("%d Deployments were compared, and %d have a preStop hook: too few", compared, changed)
	}
}

func stored(t *testing.T, namespace string) map[string]static {
	t.Helper()
	list, err := world.clients.AppsV1().Deployments(namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]static{}
	for i := range list.Items {
		out[list.Items[i].Name] = staticOf(&list.Items[i])
	}
	return out
}

// policyWorks returns when the API server has taken up the policy.
func policyWorks(t *testing.T, namespace string, nothing bool) {
	t.Helper()
	if nothing {
		return // another namespace showed it
	}
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, 30*time.Second, true, func(context.Context) (bool, error) {
		out := run(t, policied{}.manifest("probe"), "create", "-n", namespace, "--dry-run=server", "-o", "json", "-f", "-")
		var d appsv1.Deployment
		err := json.Unmarshal([]byte(out), &d)
		return d.Spec.Template.Spec.Containers[0].Lifecycle != nil, err
	})
	if err != nil {
		t.Fatalf("the policy changes nothing in namespace %s: %v", namespace, err)
	}
}

func namespaceWith(name, label string, annotations map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: %s\n  labels: {%s}\n  annotations:\n    owner: nobody\n", name, label)
	for key, value := range annotations {
		fmt.Fprintf(&b, "    %s%s: %q\n", api.Prefix, key, value)
	}
	return b.String()
}

// run is kubectl with a manifest.
func run(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, err := install.Kubectl(t.Context(), world.plane, []byte(stdin), args...)
	if err != nil {
		t.Fatal(err)
	}
	return out.Stdout
}
