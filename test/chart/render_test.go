package chart

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"github.com/rollguard/rollguard/test/install"
)

// everything switches on all that is off by default.
var everything = []string{"--set", "networkPolicy.enabled=true,metrics.serviceMonitor.enabled=true," +
	"metrics.prometheusRule.enabled=true,metrics.dashboard.enabled=true,createNamespace=true"}

// variants are the ways in which people install.
var variants = []struct {
	name  string
	flags []string
	kinds []string // that this variant has beside those of every variant
}{
	{"default", nil, []string{"Secret"}},
	{"cert-manager", []string{"--set", "certificates.mode=cert-manager"}, []string{"Issuer", "Issuer", "Certificate", "Certificate"}},
	{"an issuer of one's own", []string{"--set", "certificates.mode=cert-manager,certificates.certManager.issuerRef.name=company,certificates.certManager.issuerRef.kind=ClusterIssuer"}, []string{"Certificate"}},
	{"files", []string{"--set", "certificates.mode=files,certificates.files.secretName=mine", "--set-file", "certificates.files.caBundle=testdata/ca.crt"}, nil},
	{"host network", []string{"--set", "hostNetwork.enabled=true"}, []string{"Secret"}},
	{"everything on", everything, []string{"Secret", "Namespace", "NetworkPolicy", "Service", "ServiceMonitor", "PrometheusRule", "ConfigMap"}},
	{"everything on, with cert-manager, on the host network, Fail", append([]string{"--set", "certificates.mode=cert-manager,hostNetwork.enabled=true,replicas=3,webhook.failurePolicy=Fail"}, everything...),
		[]string{"Issuer", "Issuer", "Certificate", "Certificate", "Namespace", "NetworkPolicy", "Service", "ServiceMonitor", "PrometheusRule", "ConfigMap"}},
	{"repairs in two namespaces", []string{"--set", "repair.namespaces={dry,rollguard}"}, []string{"Secret", "RoleBinding", "RoleBinding"}},
	{"repairs everywhere", []string{"--set", "repair.everywhere=true"}, []string{"Secret", "ClusterRoleBinding"}},
	{"an old API server", []string{"--kube-version", "1.28.0"}, []string{"Secret"}},
	{"client certificates", []string{"--set", "clientCertificates.configMap=api-servers,clientCertificates.names={kube-apiserver}"}, []string{"Secret"}},
	{"all knobs of a Pod", []string{"-f", "testdata/knobs.yaml"}, []string{"Secret"}},
}

// always are the kinds of every variant.
var always = []string{"ClusterRole", "ClusterRole", "ClusterRoleBinding", "ConfigMap", "Deployment", "Lease", "MutatingWebhookConfiguration", "Namespace",
	"PodDisruptionBudget", "ResourceQuota", "Role", "Role", "RoleBinding", "RoleBinding", "Service", "ServiceAccount"}

func render(t *testing.T, flags ...string) []byte {
	t.Helper()
	out, err := install.Template(t.Context(), flags...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// objects parses what Helm rendered.
func objects(t *testing.T, rendered []byte) []*unstructured.Unstructured {
	t.Helper()
	var out []*unstructured.Unstructured
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(rendered), 4096)
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		if len(object.Object) > 0 {
			out = append(out, object)
		}
	}
}

// find decodes the first object of a kind into a typed one.
func find[T any](t *testing.T, rendered []byte, kind string) *T {
	t.Helper()
	for _, o := range objects(t, rendered) {
		if o.GetKind() != kind {
			continue
		}
		typed := new(T)
		if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(o.Object, typed, true); err != nil {
			t.Fatal(err)
		}
		return typed
	}
	t.Fatalf("no %s was rendered", kind)
	return nil
}

func deployment(t *testing.T, flags ...string) *appsv1.Deployment {
	t.Helper()
	return find[appsv1.Deployment](t, render(t, flags...), "Deployment")
}

func TestLintHasNothingToSay(t *testing.T) {
	dir, err := install.ChartDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range variants {
		if v.name == "an old API server" {
			continue // lint has another flag for it, and the templates are the same
		}
		if out, err := install.HelmOffline(t.Context(), append([]string{"lint", "--strict", "--quiet", dir}, v.flags...)...); err != nil {
			t.Errorf("%s: %v\n%s", v.name, err, out)
		}
	}
}

func TestRenderingTwiceGivesTheSameBytes(t *testing.T) {
	for _, v := range variants {
		if diff := cmp.Diff(string(render(t, v.flags...)), string(render(t, v.flags...))); diff != "" {
			t.Errorf("%s: %s", v.name, diff)
		}
	}
}

// What depends on chance, on time or on the cluster would be a diff at each
// synchronisation of a GitOps tool.
func TestTemplatesUseNothingThatChangesByItself(t *testing.T) {
	dir, err := install.ChartDir()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "templates", "*"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d templates found, %v", len(files), err)
	}
	restless := regexp.MustCompile(`\b(lookup|gen(CA|PrivateKey|SelfSigned\w*|Signed\w*)|rand\w+|uuidv4|now|htpasswd|Release\.(Revision|IsInstall|IsUpgrade))\b`)
	actions, comment := regexp.MustCompile(`(?s){{.*?}}`), regexp.MustCompile(`^{{-? ?/\*`)
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, action := range actions.FindAllString(string(raw), -1) {
			if bad := restless.FindString(action); bad != "" && !comment.MatchString(action) {
				t.Errorf("%s uses %s: %s", filepath.Base(path), bad, action)
			}
		}
		if bytes.Contains(raw, []byte("helm.sh/hook")) {
			t.Errorf("%s has a hook", filepath.Base(path))
		}
	}
}

func TestThePlainManifestIsTheRenderedChart(t *testing.T) {
	want, err := install.PlainManifest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../../deploy/rollguard.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(have)); diff != "" {
		t.Errorf("deploy/rollguard.yaml is old, run make generate (-want +have):\n%s", diff)
	}
}
