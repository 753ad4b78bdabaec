// Command scalebench makes a large cluster on a real API server, runs the real webhook
// against it and prints what that takes beside the bars. It judges in print only: times on
// a shared machine are no ground for an error.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-logr/logr"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/rollguard/rollguard/test/bench/scale"
)

func main() {
	o := scale.Options{World: scale.Large(), Out: os.Stdout}
	flag.StringVar(&o.Bin, "bin", "bin", "`folder` of the built rollguard-webhook")
	flag.StringVar(&o.Before, "before", "", "`folder` of another build of it to measure first, to compare")
	flag.IntVar(&o.World.Namespaces, "namespaces", o.World.Namespaces, "ordinary `namespaces`, at least 60")
	flag.IntVar(&o.World.Crowd, "crowd", o.World.Crowd, "Ingresses and Services of the crowded namespace")
	flag.StringVar(&o.Heap, "heap", "", "`file` for a heap profile of the state")
	flag.BoolVar(&o.Audit, "audit", false, "measure rollguard audit instead of the webhook")
	flag.Parse()
	ctrllog.SetLogger(logr.Discard())
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "scalebench:", err)
		os.Exit(1)
	}
}

func run(o scale.Options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return scale.Run(ctx, o)
}
