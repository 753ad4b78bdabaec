// Command certmanager runs cert-manager's own controllers, of the version that go.mod
// pins, against an API server. cert-manager's two programs are modules whose paths no
// module proxy serves; their controllers are packages of its library, so this program
// puts them together: those that make certificates from issuers of the kinds selfSigned
// and ca, with the approver, and the CA injector for webhook configurations.
//
// Left out are cert-manager's webhook (nothing here writes what it would refuse or fill
// in), ACME, Vault and Venafi, metrics, and leader election, as there is one process.
//
//	certmanager --kubeconfig=FILE
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
)

func main() {
	// The default set has a flag of this name already, of controller-runtime.
	flags := flag.NewFlagSet("certmanager", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "how to reach the API server")
	_ = flags.Parse(os.Args[1:]) // It exits where it fails.
	ctrl.SetLogger(klog.Background())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *kubeconfig); err != nil {
		fmt.Fprintf(os.Stderr, "certmanager: %v\n", err)
		os.Exit(1)
	}
}

// run ends when ctx does, or when one of the two parts fails.
func run(ctx context.Context, kubeconfig string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := []func(context.Context, string) error{runControllers, runInjector}
	errs := make([]error, len(parts))
	var group sync.WaitGroup
	for i, part := range parts {
		group.Go(func() {
			defer cancel()
			errs[i] = part(ctx, kubeconfig)
		})
	}
	group.Wait()
	return errors.Join(errs...)
}
