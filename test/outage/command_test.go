package outage

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/certs"
	"github.com/rollguard/rollguard/deploy"
	"github.com/rollguard/rollguard/test/kube/build"
)

// program is the command line, built once into the state folder of the control plane.
var program = sync.OnceValues(func() (string, error) {
	root, err := build.FindRoot(".")
	if err != nil {
		return "", err
	}
	path := filepath.Join(world.plane.Dir(), "rollguard")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/rollguard")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return path, nil
})

// said is what the program printed, and its exit code.
type said struct {
	stdout, stderr string
	code           int
}

func rollguard(t *testing.T, kubeconfig string, args ...string) said {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return said{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// points are what "check" says, by name.
func points(t *testing.T) (map[string]string, int) {
	t.Helper()
	out := rollguard(t, world.plane.KubeconfigPath(), "check", "-o", "json")
	var list []struct {
		Name, Says, Advice string
		OK                 bool
	}
	if err := json.Unmarshal([]byte(out.stdout), &list); err != nil {
		t.Fatalf("%v: %+v", err, out)
	}
	by := map[string]string{}
	for _, p := range list {
		if !p.OK && p.Advice == "" {
			t.Errorf("%s is wrong, and there is no advice", p.Name)
		}
		by[p.Name] = p.Says
	}
	return by, out.code
}

// old is a Deployment that was completed when it was created, for a Service that did not come.
const old = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: old
  namespace: %s
  annotations: {rollguard.io/injected: '{"spec.strategy.rollingUpdate.maxUnavailable":0}'}
spec:
  strategy: {rollingUpdate: {maxUnavailable: 0}}
  selector: {matchLabels: {app: old}}
  template:
    metadata: {labels: {app: old}}
    spec:
      containers: [{name: app, image: "registry.example/old:1"}]
`

func TestStatusAndExplainReadTheClusterWithTheRightsOfWhoeverAsks(t *testing.T) {
	w := newWebhook(t)
	const open, closed = "open", "closed"
	kubectl(t, fmt.Sprintf(shop, open, "report")+"---"+fmt.Sprintf(shop, closed, "report"), "apply", "-f", "-")
	w.stop()
	kubectl(t, fmt.Sprintf(deployment, open)+"---"+fmt.Sprintf(deployment, closed), "apply", "-f", "-")
	kubectl(t, fmt.Sprintf(old, closed), "create", "-f", "-") // an apply would state the values
	limited := mayRead(t, "reader", open, "deployments.apps,services,ingresses.networking.k8s.io,namespaces")
	admin, poor := world.plane.KubeconfigPath(), lister(t, open)
	blind := mayRead(t, "blind", open, "deployments.apps,services,ingresses.networking.k8s.io")
	half := mayRead(t, "half", open, "deployments.apps,namespaces,ingresses.networking.k8s.io")
	for name, tc := range map[string]struct {
		kubeconfig     string
		args           []string
		code           int
		stdout, stderr string
	}{
		"who may not get the namespace":   {poor, []string{"status", "-n", open}, 2, "its namespace could not be read", "rollguard: namespace open could not be read, so the question is not answered\n"},
		"one line for each reason":        {poor, []string{"status", "-n", open}, 2, "1 Deployment: 1 undecided", "rollguard: user lister-of-open may not read namespace open and its ingresses, services, persistentvolumeclaims, resourcequotas, nor ingressclasses, so what is said may be wrong; ask for ClusterRole view in namespace open, and for the right to list ingressclasses\n"},
		"an administrator sees all":       {admin, []string{"status", "-A"}, 1, "unguarded    closed/web ", ""},
		"one namespace":                   {admin, []string{"status", "-n", open}, 1, "1 Deployment: 1 unguarded. Kubernetes v1.37", ""},
		"why, as JSON":                    {admin, []string{"status", "-n", open, "-o", "json"}, 1, `"strategy",`, ""},
		"a namespace that is not enabled": {admin, []string{"status", "-n", "default"}, 0, "0 Deployments; namespace default is not enabled: it does not have the label rollguard.io/inject=enabled. Kub", ""},
		"a namespace that is not there":   {admin, []string{"status", "-n", "nowhere"}, 2, "", "namespace nowhere does not exist"},
		"who may read one namespace":      {limited, []string{"status", "-n", open}, 1, "open/web", "user reader may not read ingressclasses, nor "},
		"who may not read a namespace":    {limited, []string{"status", "-n", closed}, 2, "", "rollguard: user reader may not read namespace closed and its deployments; ask for ClusterRole view in namespace closed, or name a namespace that you may read with -n\n"},
		"who may not list namespaces":     {limited, []string{"status", "-A"}, 2, "", "name one with -n"},
		"what goes again":                 {admin, []string{"status", "-n", closed, "-o", "wide"}, 1, "values of Rollguard's go at the next rollout", ""},
		"explain what goes again":         {admin, []string{"explain", "deployment/old", "-n", closed}, 0, "Deployment closed/old: not exposed; what was added before goes at its next rollout\n", ""},
		"explain what nothing leads to":   {admin, []string{"explain", "deployment/old", "-n", closed}, 0, "    No Service or Ingress leads to these Pods.\n    Services there that select other Pods: web (app=web).\n", ""},
		"explain one":                     {admin, []string{"explain", "deployment/web", "-n", open}, 1, "maxUnavailable: 25% -> 0", ""},
		"explain, as who may read little": {limited, []string{"explain", "web", "-n", open}, 1, "Service web, port http", "user reader may not read ingressclasses, nor "},
		"explain, not the namespace":      {poor, []string{"explain", "web", "-n", open}, 2, "Deployment open/web: whether it is guarded is not known\n", "rollguard: namespace open could not be read, so the question is not answered\n"},
		"explain, not what leads there":   {poor, []string{"explain", "web", "-n", open}, 2, "  Traffic (not known)\n    The Ingresses and Services that lead to these Pods could not be read.\n", "user lister-of-open may not read namespace open and its "},
		"audit, not what leads there":     {poor, []string{"audit", "-n", open}, 2, "undecided  open/web    -         Ingresses and Services could not be read\n", ""},
		"explain, the namespace alone":    {blind, []string{"explain", "web", "-n", open}, 2, "Service web, port http", "rollguard: namespace open could not be read, so the question is not answered\n"},
		"audit, not the namespace":        {blind, []string{"audit", "-n", open}, 2, "undecided  open/web    -         namespace open could not be read\n", ""},
		"status, not what leads there":    {half, []string{"status", "-n", open}, 2, "undecided  open/web    -         -       Services could not be read\n", "services of namespace open could not be read, so the question is not answered\n"},
		"explain one that is not there":   {admin, []string{"explain", "deployment/nobody", "-n", open}, 2, "", "deployment/nobody is not in namespace open; there is: open/web"},
	} {
		t.Run(name, func(t *testing.T) {
			out := rollguard(t, tc.kubeconfig, tc.args...)
			if out.code != tc.code || !strings.Contains(out.stdout, tc.stdout) || !strings.Contains(out.stderr, tc.stderr) {
				t.Errorf("exit code %d, want %d; stdout:\n%s\nstderr:\n%s", out.code, tc.code, out.stdout, out.stderr)
			}
			// Kinds that the cluster does not have are nobody's loss.
			if strings.Contains(out.stdout, "To enable it") || strings.Contains(out.stdout, "label the namespace first") {
				t.Errorf("what is enabled is said not to be:\n%s", out.stdout)
			}
			if strings.Contains(out.stderr, "gatewayclasses") || strings.Count(out.stderr, "\n") > 2 {
				t.Errorf("too much is said to be unread:\n%s", out.stderr)
			}
		})
	}
}

// lister is a kubeconfig of somebody who may read the Deployments of a namespace, and
// nothing else.
func lister(t *testing.T, namespace string) string {
	t.Helper()
	return mayRead(t, "lister-of-"+namespace, namespace, "deployments.apps")
}

func TestStatusAndExplainSayThatNobodyCompletesAnything(t *testing.T) {
	w := newWebhook(t)
	const namespace, off = "away", "The webhook is not installed or switched off: nothing is completed until it is back.\n"
	kubectl(t, fmt.Sprintf(shop, namespace, "report")+"---"+fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	w.stop()
	kubeconfigs := map[string]string{"an administrator": world.plane.KubeconfigPath(), "who may not read it": reader(t, namespace)}
	foot := func(who string) map[string]bool {
		out := map[string]bool{}
		for _, command := range []string{"status", "explain"} {
			out[command] = strings.HasSuffix(rollguard(t, kubeconfigs[who], command, "-n", namespace).stdout, "\n"+off)
		}
		return out
	}
	none, both := map[string]bool{"status": false, "explain": false}, map[string]bool{"status": true, "explain": true}
	for who := range kubeconfigs {
		if diff := cmp.Diff(none, foot(who)); diff != "" {
			t.Errorf("%s, the configuration is there: -want +got:\n%s", who, diff)
		}
	}
	kubectl(t, "", "delete", "mutatingwebhookconfiguration", "rollguard")
	if diff := cmp.Diff(both, foot("an administrator")); diff != "" {
		t.Errorf("the configuration is gone: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff(none, foot("who may not read it")); diff != "" {
		t.Errorf("it may not be read: -want +got:\n%s", diff)
	}
	kubectl(t, renamed, "apply", "-f", "-")
	defer kubectl(t, "", "delete", "mutatingwebhookconfiguration", "platform-rollguard")
	if diff := cmp.Diff(none, foot("an administrator")); diff != "" {
		t.Errorf("it has another name: -want +got:\n%s", diff)
	}
}

// renamed is a webhook configuration under a name of the administrator's, without webhooks.
const renamed = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: platform-rollguard, labels: {app.kubernetes.io/name: rollguard}}
`

func TestCheckIsFineWhereAllIsWell(t *testing.T) {
	w := newWebhook(t)
	by, _ := points(t)
	for name, words := range map[string]string{
		"versions":  "Kubernetes v1.37",
		"admission": "ok: a Deployment that is created as a dry run is completed",
		// This webhook is in no Pod.
		"configuration": "MutatingWebhookConfiguration rollguard is as Rollguard's manifest has it, but calls a URL, not a Service",
		"webhook":       "called by a URL, " + w.addresses.URL() + ", and no Deployment of it is in namespace rollguard: what runs there cannot be looked at from here",
		"certificate":   "is valid for ",
		"serving":       "the certificate of Secret rollguard/rollguard-certificates is valid for 89 days, and the caBundle trusts it",
	} {
		if !strings.Contains(by[name], words) {
			t.Errorf("%s: %q", name, by[name])
		}
	}
	for _, p := range listed(t, world.plane.KubeconfigPath()) {
		if !p.OK && p.Name != "namespaces" && p.Name != "pods" { // what other tests left there
			t.Errorf("%s %s", p.word(), p.Says)
		}
	}
}

func TestTheManifestAsItIsPassesForThat(t *testing.T) {
	w := newWebhook(t)
	ca := configuration(t).Webhooks[0].ClientConfig.CABundle
	w.stop()
	kubectl(t, "", "delete", "mutatingwebhookconfiguration", "rollguard")
	unconfigure(t)
	kubectl(t, deploy.Manifest(), "apply", "-f", "-")
	patch := `[{"op":"add","path":"/webhooks/%d/clientConfig/caBundle","value":"` + base64.StdEncoding.EncodeToString(ca) + `"}]`
	for i := range 2 {
		kubectl(t, "", "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p", fmt.Sprintf(patch, i))
	}
	by, _ := points(t)
	if want := "MutatingWebhookConfiguration rollguard is as Rollguard's manifest has it"; by["configuration"] != want {
		t.Errorf("got %s", by["configuration"])
	}
	kubectl(t, "", "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p", `[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Fail"}]`)
	if by, _ := points(t); !strings.HasSuffix(by["configuration"], "is as Rollguard's manifest has it, with failurePolicy Fail: writes are refused while no replica answers") {
		t.Errorf("got %s", by["configuration"])
	}
}

func configuration(t *testing.T) *admissionregistrationv1.MutatingWebhookConfiguration {
	t.Helper()
	c, err := world.clients.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(t.Context(), "rollguard", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Somebody else writes the caBundle, and the webhook is not there to put it right.
func TestCheckNamesACABundleThatDoesNotTrustWhatIsServed(t *testing.T) {
	w := newWebhook(t)
	w.stop()
	other, err := certs.NewAuthority(time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	bundle := base64.StdEncoding.EncodeToString(other.CertPEM)
	kubectl(t, "", "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p",
		fmt.Sprintf(`[{"op":"replace","path":"/webhooks/0/clientConfig/caBundle","value":%q}]`, bundle))
	by, code := points(t)
	if code != 1 || !strings.Contains(by["serving"], "API servers do not accept the certificate of Secret rollguard/rollguard-certificates") ||
		!strings.Contains(by["serving"], "unknown authority") || !strings.Contains(by["certificate"], "valid for 0 days") {
		t.Errorf("exit code %d, %q", code, by)
	}
	kubectl(t, "", "delete", "secret", "rollguard-certificates", "-n", "rollguard")
	if by, _ := points(t); !strings.Contains(by["serving"], "does not exist, so there is no serving certificate") {
		t.Errorf("%q", by["serving"])
	}
}
