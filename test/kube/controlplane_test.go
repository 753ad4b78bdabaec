package kube

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/test/kube/build"
)

// auditPolicy logs who asked for what.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
`

func TestControlPlane(t *testing.T) {
	policy := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(policy, []byte(auditPolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	plane := start(t, Options{AuditPolicy: policy})
	tests := []struct {
		name string
		run  func(*testing.T, *ControlPlane)
	}{
		{"version is the pinned one", testVersion},
		{"kubectl works through the kubeconfig", testKubectl},
		{"config map can be created", testConfigMap},
		{"user has only the rights of RBAC", testUser},
		{"audit log is written", testAuditLog},
		{"second start in the folder is refused", testSameFolder},
		{"second control plane runs beside it", testSecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, plane) })
	}
}

// clientFor returns a client.
func clientFor(t *testing.T, config *rest.Config) *kubernetes.Clientset {
	t.Helper()
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// wantVersion returns the version that the binaries have: the pinned one, or
// what the API server of KUBEBUILDER_ASSETS says about itself.
func wantVersion(t *testing.T, plane *ControlPlane) string {
	t.Helper()
	if os.Getenv("KUBEBUILDER_ASSETS") != "" {
		out, err := exec.Command(plane.binaries["kube-apiserver"], "--version").Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimPrefix(strings.TrimSpace(string(out)), "Kubernetes ")
	}
	root, err := build.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	version, err := build.KubernetesVersion(root)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func testVersion(t *testing.T, plane *ControlPlane) {
	got, err := clientFor(t, plane.RESTConfig()).Discovery().ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", *got)
	if want := wantVersion(t, plane); got.GitVersion != want {
		t.Errorf("gitVersion is %q, want %q", got.GitVersion, want)
	}
	if !strings.HasPrefix(got.GitVersion, "v"+got.Major+"."+got.Minor+".") {
		t.Errorf("major %q and minor %q are not those of %s", got.Major, got.Minor, got.GitVersion)
	}
	if strings.Contains(got.GitCommit, "Format") || got.GitCommit == "" {
		t.Errorf("gitCommit is %q", got.GitCommit)
	}
}

// kubectl runs kubectl as the administrator.
func kubectl(t *testing.T, plane *ControlPlane, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), plane.Kubectl(), append([]string{"--kubeconfig", plane.KubeconfigPath()}, args...)...)
	cmd.Env = append(os.Environ(), "KUBECACHEDIR="+t.TempDir())
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("kubectl %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

func testKubectl(t *testing.T, plane *ControlPlane) {
	type version struct {
		GitVersion string `json:"gitVersion"`
	}
	var got struct {
		ClientVersion version `json:"clientVersion"`
		ServerVersion version `json:"serverVersion"`
	}
	if err := json.Unmarshal([]byte(kubectl(t, plane, "version", "-o", "json")), &got); err != nil {
		t.Fatal(err)
	}
	want := version{wantVersion(t, plane)}
	if got.ClientVersion != want || got.ServerVersion != want {
		t.Errorf("kubectl version says %+v, want %s twice", got, want.GitVersion)
	}
	kubectl(t, plane, "create", "configmap", "by-kubectl", "--from-literal=key=value")
	if got := kubectl(t, plane, "get", "configmap", "by-kubectl", "-o", "jsonpath={.data.key}"); got != "value" {
		t.Errorf("config map has %q, want value", got)
	}
}

func testConfigMap(t *testing.T, plane *ControlPlane) {
	maps := clientFor(t, plane.RESTConfig()).CoreV1().ConfigMaps("default")
	want := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "by-client"}, Data: map[string]string{"key": "value"}}
	if _, err := maps.Create(t.Context(), want, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	got, err := maps.Get(t.Context(), "by-client", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Data["key"] != "value" {
		t.Errorf("config map has %v", got.Data)
	}
}

func testUser(t *testing.T, plane *ControlPlane) {
	config, err := plane.User("jane", "developers")
	if err != nil {
		t.Fatal(err)
	}
	maps := clientFor(t, config).CoreV1().ConfigMaps("default")
	if _, err := maps.List(t.Context(), metav1.ListOptions{}); !apierrors.IsForbidden(err) {
		t.Errorf("list without a role: %v, want forbidden", err)
	}
	// The role view would not do: a controller fills it, and none runs here.
	kubectl(t, plane, "create", "role", "reader", "--verb=list", "--resource=configmaps")
	kubectl(t, plane, "create", "rolebinding", "reader", "--role=reader", "--group=developers")
	// The authorizer learns of the binding through a watch, a moment later.
	waitFor(t, "the role binding to count", func() error {
		_, err := maps.List(t.Context(), metav1.ListOptions{})
		return err
	})
}

func testAuditLog(t *testing.T, plane *ControlPlane) {
	if _, err := clientFor(t, plane.RESTConfig()).CoreV1().Nodes().List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the request to be in the audit log", func() error {
		text, err := os.ReadFile(plane.AuditLog())
		if err == nil && !strings.Contains(string(text), `"requestURI":"/api/v1/nodes"`) {
			err = os.ErrNotExist
		}
		return err
	})
}

func testSameFolder(t *testing.T, plane *ControlPlane) {
	_, err := Start(t.Context(), Options{Dir: plane.Dir()})
	if err == nil || !strings.Contains(err.Error(), "another control plane runs in "+plane.Dir()) {
		t.Errorf("second start in the same folder: %v", err)
	}
}

func testSecond(t *testing.T, plane *ControlPlane) {
	second := start(t, Options{Dir: t.TempDir()})
	for _, p := range []*ControlPlane{plane, second} {
		if _, err := clientFor(t, p.RESTConfig()).CoreV1().Namespaces().Get(t.Context(), "default", metav1.GetOptions{}); err != nil {
			t.Errorf("%s: %v", p.URL(), err)
		}
	}
	// The certificates of one are worth nothing to the other.
	config := plane.RESTConfig()
	config.Host = second.URL()
	if _, err := clientFor(t, config).Discovery().ServerVersion(); err == nil {
		t.Error("a client of one control plane trusts the other")
	}
}
