package apiserver

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/go-logr/zapr"
	"go.uber.org/zap"
	"k8s.io/client-go/kubernetes"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/server"
	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

// shared is what all tests of the package use.
type shared struct {
	plane     *kube.ControlPlane
	clients   kubernetes.Interface
	addresses install.Addresses
}

// world is set once, before the first test.
var world shared

func TestMain(m *testing.M) {
	ctrllog.SetLogger(zapr.NewLogger(zap.NewNop()))
	os.Exit(kube.Main(withWebhook{m}, kube.Options{}, func(c *kube.ControlPlane) { world.plane = c }))
}

// withWebhook runs the tests with the webhook around them.
type withWebhook struct{ *testing.M }

func (w withWebhook) Run() int {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	if err := begin(ctx, done); err != nil {
		fmt.Fprintln(os.Stderr, "webhook:", err)
		stop()
		return 1
	}
	code := w.M.Run()
	stop()
	if err := <-done; err != nil {
		fmt.Fprintln(os.Stderr, "webhook:", err)
		return 1
	}
	return code
}

func begin(ctx context.Context, done chan<- error) error {
	var err error
	if world.clients, err = kubernetes.NewForConfig(world.plane.RESTConfig()); err != nil {
		return err
	}
	if world.addresses, err = install.FreeAddresses(); err != nil {
		return err
	}
	if err := installCRDs(ctx); err != nil {
		return err
	}
	if err := install.Apply(ctx, world.plane, install.Call{URL: world.addresses.URL(), Strict: true}); err != nil {
		return err
	}
	o, err := options(world.addresses)
	if err != nil {
		return err
	}
	go func() { done <- server.Run(ctx, o) }()
	return install.Wait(ctx, world.plane, world.addresses)
}

// options are those of the real binary, but for the decider.
func options(a install.Addresses) (server.Options, error) {
	c, err := config.Load("")
	if err != nil {
		return server.Options{}, err
	}
	account, err := install.ServiceAccount(world.plane)
	if err != nil {
		return server.Options{}, err
	}
	return server.Options{
		Config: account, Webhook: c, Host: "127.0.0.1", Port: a.Port, OpsAddress: a.Ops,
		Log:     zap.NewNop(),
		Decider: failingDecider{decision.NewMaker(config.Resolver(c))},
		Certificates: server.Certificates{
			Namespace: "rollguard", Secret: "rollguard-certificates", Configuration: "rollguard",
			DNSNames: []string{"localhost"},
		},
		Posture: server.Posture{Lease: "rollguard", ProbeNamespace: "rollguard-probe", Configuration: "rollguard"},
	}, nil
}

// anotherReplica are the options of a further webhook, on addresses of its own.
func anotherReplica(t *testing.T) (server.Options, install.Addresses) {
	t.Helper()
	addresses, err := install.FreeAddresses()
	if err != nil {
		t.Fatal(err)
	}
	o, err := options(addresses)
	if err != nil {
		t.Fatal(err)
	}
	return o, addresses
}

// failingDecider decides like the real one, and panics for a namespace that asks for
// it: what a bug in a rule would do.
type failingDecider struct{ real *decision.Maker }

// annotationPanic has our prefix: of a Namespace's annotations no others are kept.
const annotationPanic = "rollguard.io/test-panic"

func (d failingDecider) Make(req *decision.Request) (decision.Decision, error) {
	if req.Namespace[annotationPanic] != "" {
		var rules []api.Rule
		_ = rules[len(req.New)] // index out of range, as in any careless rule
	}
	return d.real.Make(req)
}
