package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
	"github.com/rollguard/rollguard/test/kube/build"
)

// programs are those of a reader.
type programs struct {
	root  string   // of the repository
	tools string   // the folder with helm, kubectl, rollguard
	env   []string // what the go command needs to find its caches without its home
}

func newPrograms(t *testing.T) programs {
	t.Helper()
	root, err := build.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	binaries, err := kube.EnsureBinaries(t.Context(), os.Stderr, "helm", "helm3", "kubectl")
	if err != nil {
		t.Fatal(err)
	}
	p := programs{root: root, tools: t.TempDir()}
	ours := filepath.Join(p.tools, "rollguard")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", ours, "./cmd/rollguard")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	binaries["kubectl-rollguard"] = ours
	for name, path := range binaries {
		if err := os.Symlink(path, filepath.Join(p.tools, name)); err != nil {
			t.Fatal(err)
		}
	}
	names := []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS", "GOTOOLCHAIN", "CGO_ENABLED"}
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for i, value := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		p.env = append(p.env, names[i]+"="+value)
	}
	return p
}

// world is what the pages share: the programs, and a cluster that holds nothing when a
// page begins. No controllers and no nodes are there; what needs them is in test/pods.
type world struct {
	programs

	plane   *kube.ControlPlane
	clients kubernetes.Interface
	empty   []string // what an empty cluster holds
}

func newWorld(t *testing.T) *world {
	t.Helper()
	plane, err := kube.Start(t.Context(), kube.Options{Log: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plane.Stop(); err != nil {
			t.Error(err)
		}
	})
	w := &world{programs: newPrograms(t), plane: plane}
	config := plane.RESTConfig()
	config.WarningHandler = rest.NoWarnings{}
	if w.clients, err = kubernetes.NewForConfig(config); err != nil {
		t.Fatal(err)
	}
	w.empty = w.inventory(t)
	return w
}

func (w *world) inventory(t *testing.T) []string {
	t.Helper()
	found, err := install.Inventory(t.Context(), w.plane.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// clear deletes what a page has left. A namespace is ended by hand, as there is no
// controller that would.
func (w *world) clear(t *testing.T) {
	t.Helper()
	type group struct{ kind, namespace string }
	names := map[group][]string{}
	for _, object := range install.Added(w.empty, w.inventory(t)) {
		kind, rest, _ := strings.Cut(object, " ")
		namespace, name, _ := strings.Cut(rest, "/")
		names[group{kind, namespace}] = append(names[group{kind, namespace}], name)
	}
	namespaces := names[group{"namespaces", ""}]
	delete(names, group{"namespaces", ""})
	for g, list := range names {
		args := append([]string{"delete", g.kind, "--wait=false", "--ignore-not-found"}, list...)
		if g.namespace != "" {
			args = append(args, "-n", g.namespace)
		}
		w.kubectl(t, args...)
	}
	for _, name := range namespaces {
		w.kubectl(t, "delete", "namespace", name, "--wait=false")
		left, err := w.clients.CoreV1().Namespaces().Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		left.Spec.Finalizers = nil
		if _, err := w.clients.CoreV1().Namespaces().Finalize(t.Context(), left, metav1.UpdateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if left := install.Added(w.empty, w.inventory(t)); len(left) > 0 {
		t.Fatalf("the next page would find %q", left)
	}
}

func (w *world) kubectl(t *testing.T, args ...string) {
	t.Helper()
	if _, err := install.Kubectl(t.Context(), w.plane, nil, args...); err != nil {
		t.Fatal(err)
	}
}
