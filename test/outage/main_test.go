package outage

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/zapr"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/server"
	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

// world is set once, before the first test.
var world struct {
	plane   *kube.ControlPlane
	clients kubernetes.Interface
}

func TestMain(m *testing.M) {
	ctrllog.SetLogger(zapr.NewLogger(zap.NewNop()))
	os.Exit(kube.Main(m, kube.Options{}, func(c *kube.ControlPlane) {
		clients, err := kubernetes.NewForConfig(c.RESTConfig())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		world.plane, world.clients = c, clients
	}))
}

// webhook is a Rollguard that can be stopped and started again.
type webhook struct {
	t         *testing.T
	addresses install.Addresses
	stop      func()
	// every is the time between two self-probes while all is well.
	every time.Duration
	// log is what it logs, from level info.
	log  *observer.ObservedLogs
	core zapcore.Core
}

// newWebhook installs Rollguard and starts it.
func newWebhook(t *testing.T) *webhook {
	t.Helper()
	return newWebhookThatLooks(t, 100*time.Millisecond)
}

// newWebhookThatLooks is newWebhook with a time between two self-probes.
func newWebhookThatLooks(t *testing.T, every time.Duration) *webhook {
	t.Helper()
	addresses, err := install.FreeAddresses()
	if err != nil {
		t.Fatal(err)
	}
	w := &webhook{t: t, addresses: addresses, stop: func() {}, every: every}
	w.core, w.log = observer.New(zap.InfoLevel)
	w.configure()
	w.start()
	t.Cleanup(func() { w.stop() })
	return w
}

// configure applies the manifest, as its author would to put things right.
func (w *webhook) configure() {
	w.t.Helper()
	if err := install.Apply(w.t.Context(), world.plane, install.Call{URL: w.addresses.URL()}); err != nil {
		w.t.Fatal(err)
	}
}

// unconfigure takes the configuration away when the test is over.
func unconfigure(t *testing.T) {
	t.Cleanup(func() {
		// The test's own context has ended.
		if _, err := install.Kubectl(context.Background(), world.plane, nil, "delete", "mutatingwebhookconfiguration", "rollguard"); err != nil {
			t.Error(err)
		}
	})
}

func (w *webhook) start() {
	w.t.Helper()
	w.run(server.Certificates{Secret: "rollguard-certificates", DNSNames: []string{"localhost"}})
	w.works()
}

// run starts it with certificates that may be no good.
func (w *webhook) run(certificates server.Certificates) {
	w.t.Helper()
	certificates.Namespace, certificates.Configuration = "rollguard", "rollguard"
	c, err := config.Load("")
	if err != nil {
		w.t.Fatal(err)
	}
	account, err := install.ServiceAccount(world.plane)
	if err != nil {
		w.t.Fatal(err)
	}
	o := server.Options{
		Config: account, Webhook: c, Host: "127.0.0.1", Port: w.addresses.Port, OpsAddress: w.addresses.Ops, Log: zap.New(w.core),
		Certificates: certificates,
		Posture: server.Posture{
			Lease: "rollguard", ProbeNamespace: "rollguard-probe", Configuration: "rollguard", ProbeEvery: w.every,
		},
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx, o) }()
	w.stop = func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("webhook: %v", err)
		}
		w.stop = func() {}
	}
}

// works returns when the self-probe finds all well.
func (w *webhook) works() {
	w.t.Helper()
	w.finds("ok")
}

// finds returns when the running webhook says that its self-probe finds a status.
func (w *webhook) finds(status string) {
	w.t.Helper()
	eventually(w.t, "the self-probe finds "+status, func(ctx context.Context) bool {
		return strings.Contains(w.metrics(ctx), `rollguard_self_probe_status{status="`+status+`"} 1`)
	})
}

// metrics are those of the running webhook, "" where none answers.
func (w *webhook) metrics(ctx context.Context) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.addresses.Ops+"/metrics", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return ""
	}
	return string(text)
}

func kubectl(t *testing.T, stdin string, args ...string) install.Output {
	t.Helper()
	out, err := install.Kubectl(t.Context(), world.plane, []byte(stdin), args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func eventually(t *testing.T, what string, is func(context.Context) bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) {
		return is(ctx), nil
	})
	if err != nil {
		t.Fatalf("not within 30 s: %s", what)
	}
}
