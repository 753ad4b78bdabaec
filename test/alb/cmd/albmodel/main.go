// Command albmodel stands for the AWS Load Balancer Controller and an Application Load
// Balancer: a reverse proxy that follows the EndpointSlices of one Ingress with the
// lags of the real thing. It is a model; docs/experiment/method.md says what of.
//
//	albmodel -kubeconfig FILE -namespace shop -ingress web -listen 127.0.0.1:8000
//
// It writes what happens as lines of JSON (package alb, Event), the first of them with
// the seed. SIGUSR1 takes the controller its leader, SIGTERM ends the program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "albmodel:", err)
		os.Exit(1)
	}
}
