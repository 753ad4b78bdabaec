package load

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/zapr"
	"go.uber.org/zap"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/rollguard/rollguard/test/kube"
)

var plane *kube.ControlPlane

func TestMain(m *testing.M) {
	ctrllog.SetLogger(zapr.NewLogger(zap.NewNop()))
	os.Exit(kube.Main(m, kube.Options{}, func(c *kube.ControlPlane) { plane = c }))
}

// lines writes to the test's log.
type lines struct{ t *testing.T }

func (l lines) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

func TestNoWriteIsRefusedWhileReplicasAndCertificatesAreReplaced(t *testing.T) {
	bin := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(bin, "rollguard-webhook"), "../../cmd/rollguard-webhook").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	phases, err := Run(ctx, plane, bin, Plan{
		Workers: 2, Rolls: 1, Kills: 1, Rotations: 1, Out: lines{t},
		Times:        Times{EndpointsLag: time.Second, Sleep: 3 * time.Second, Drain: time.Second, Noticed: time.Second},
		Certificates: []string{"--certificate-life=40s", "--authority-life=45s", "--trust-settle=4s", "--trust-overlap=10s"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range phases {
		killed, breaks := i == 2, i > 3
		if p.Unpatched > 0 && !breaks {
			t.Errorf("%s: %d writes passed without being completed", p.Name, p.Unpatched)
		}
		if p.Refused+p.Other > 0 && !breaks && !killed {
			t.Errorf("a write was refused: %s", p)
		}
		if p.Writes == 0 {
			t.Errorf("%s: nothing was written", p.Name)
		}
		if killed {
			checkKilled(t, p)
		}
	}
	if len(phases) != 6 {
		t.Errorf("%d phases", len(phases))
	}
}

// checkKilled allows of what nobody can hide from an API server: a call that was under way
// in the process, and new connections to it while it is still listed.
func checkKilled(t *testing.T, p Phase) {
	t.Helper()
	if p.Refused > 2+p.Dead {
		t.Errorf("more were refused than were under way or met the dead endpoint: %s", p)
	}
}
