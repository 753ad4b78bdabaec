package server

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
)

// configMap is a folder as a kubelet makes it of a ConfigMap: the file is a link through
// "..data", which is swapped.
type configMap struct {
	t       *testing.T
	dir     string
	version int
}

func newMount(t *testing.T, warnings string) *configMap {
	t.Helper()
	m := &configMap{t: t, dir: filepath.Join(t.TempDir(), "config")}
	m.make(warnings)
	return m
}

func (m *configMap) make(warnings string) {
	m.t.Helper()
	m.do(os.MkdirAll(m.dir, 0o755))
	m.swap(warnings)
	m.do(os.Symlink(filepath.Join("..data", "webhook.yaml"), m.path()))
}

func (m *configMap) path() string { return filepath.Join(m.dir, "webhook.yaml") }

func (m *configMap) do(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// swap replaces the content at one stroke.
func (m *configMap) swap(warnings string) {
	m.t.Helper()
	m.version++
	folder := "..version" + strings.Repeat("i", m.version)
	m.do(os.Mkdir(filepath.Join(m.dir, folder), 0o755))
	text := "apiVersion: rollguard.io/v1alpha1\nkind: WebhookConfiguration\nwarnings: " + warnings + "\n"
	m.do(os.WriteFile(filepath.Join(m.dir, folder, "webhook.yaml"), []byte(text), 0o600))
	m.do(os.Symlink(folder, filepath.Join(m.dir, "..next")))
	m.do(os.Rename(filepath.Join(m.dir, "..next"), filepath.Join(m.dir, "..data")))
}

// watched starts to watch the file; what happens comes out of the channel.
func watched(t *testing.T, path string, current *v1alpha1.WebhookConfiguration) (<-chan string, *clocktesting.FakeClock) {
	t.Helper()
	happened, clock := make(chan string), clocktesting.NewFakeClock(time.Unix(0, 0))
	f := &configFile{
		path: path, current: current, clock: clock, log: zap.NewNop(),
		apply:  func(c *v1alpha1.WebhookConfiguration) { happened <- c.Warnings },
		refuse: func(_ context.Context, err error) { happened <- err.Error() },
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f.start(ctx) }()
	t.Cleanup(func() {
		stop()
		for {
			select {
			case err := <-done:
				if err != nil {
					t.Error(err)
				}
				return
			case late := <-happened:
				t.Errorf("nobody expects: %s", late)
			}
		}
	})
	return happened, clock
}

func load(t *testing.T, path string) *v1alpha1.WebhookConfiguration {
	t.Helper()
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAChangedConfigurationFileIsAppliedAndABadOneRefusedOnce(t *testing.T) {
	m := newMount(t, "changes")
	happened, _ := watched(t, m.path(), load(t, m.path()))
	m.swap("risks")
	if got := <-happened; got != "risks" {
		t.Fatalf("got %q", got)
	}
	m.swap("loud")
	if got := <-happened; !strings.Contains(got, `warnings: Unsupported value: "loud"`) {
		t.Fatalf("got %q", got)
	}
	m.swap("loud") // the same mistake is told of once
	m.swap("louder")
	if got := <-happened; !strings.Contains(got, `"louder"`) {
		t.Fatalf("got %q", got)
	}
	m.swap("risks") // what is in use anyway: the file is good again, and that is news
	if got := <-happened; got != "risks" {
		t.Fatalf("got %q", got)
	}
	m.do(os.Remove(m.path()))
	if got := <-happened; !strings.Contains(got, "no such file") {
		t.Fatalf("got %q", got)
	}
}

func TestAChangeBeforeTheWatchBeganIsSeen(t *testing.T) {
	m := newMount(t, "changes")
	before := load(t, m.path())
	m.swap("none")
	happened, _ := watched(t, m.path(), before)
	if got := <-happened; got != "none" {
		t.Errorf("got %q", got)
	}
}

func TestAFileThatCannotBeWatchedIsPolled(t *testing.T) {
	m := newMount(t, "changes")
	before := load(t, m.path())
	m.do(os.RemoveAll(m.dir))
	happened, clock := watched(t, m.path(), before)
	if got := <-happened; !strings.Contains(got, "no such file") {
		t.Fatalf("got %q", got)
	}
	m.make("risks")
	clock.Step(pollConfig)
	if got := <-happened; got != "risks" {
		t.Errorf("got %q", got)
	}
}
