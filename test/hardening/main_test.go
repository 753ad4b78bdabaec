package hardening

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/go-logr/zapr"
	"go.uber.org/zap"
	"k8s.io/client-go/kubernetes"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
	"github.com/rollguard/rollguard/test/kube/build"
)

var write = flag.Bool("write", false, "write the table of the reference page")

// world is set once, before the first test.
var world struct {
	plane   *kube.ControlPlane
	clients kubernetes.Interface
	bin     string // the folder of the program
	callers *callers
}

func TestMain(m *testing.M) {
	flag.Parse()
	ctrllog.SetLogger(zapr.NewLogger(zap.NewNop()))
	os.Exit(run(m))
}

func run(m *testing.M) int {
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "rollguard-hardening-*")
	if err != nil {
		return fail(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if world.callers, err = newCallers(dir); err != nil {
		return fail(err)
	}
	if world.bin, err = program(dir); err != nil {
		return fail(err)
	}
	o := kube.Options{APIServerArgs: []string{"--admission-control-config-file=" + world.callers.admission}}
	return kube.Main(m, o, func(c *kube.ControlPlane) {
		world.plane = c
		if world.clients, err = kubernetes.NewForConfig(c.RESTConfig()); err != nil {
			os.Exit(fail(err))
		}
	})
}

// program builds the webhook into a folder.
func program(dir string) (string, error) {
	root, err := build.FindRoot(".")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(dir, "rollguard-webhook"), "./cmd/rollguard-webhook")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return dir, nil
}

// start installs Rollguard with failurePolicy Fail and runs the program.
func start(t *testing.T, flags ...string) *target {
	t.Helper()
	addresses, err := install.FreeAddresses()
	if err != nil {
		t.Fatal(err)
	}
	if err := install.Apply(t.Context(), world.plane, install.Call{URL: addresses.URL()}); err != nil {
		t.Fatal(err)
	}
	// Five seconds are the most that the chart lets anybody set.
	const fail = `[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Fail"},{"op":"replace","path":"/webhooks/0/timeoutSeconds","value":5}]`
	if _, err := install.Kubectl(t.Context(), world.plane, nil, "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p", fail); err != nil {
		t.Fatal(err)
	}
	binary, err := install.StartBinary(t.Context(), world.plane, install.Program{Bin: world.bin, Addresses: addresses, Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(binary.Stop)
	target := &target{t: t, binary: binary, addresses: addresses}
	target.label(context.WithoutCancel(t.Context()))
	return target
}
