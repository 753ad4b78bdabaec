// Command experiment rolls Deployments on a real node, with and without Rollguard,
// counts every request, and writes the results as JSON, with a report and pictures:
//
//	experiment -out docs/experiment
//
// It needs Linux and root. docs/experiment/method.md says what it does.
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
	err := run(ctx, os.Args[1:])
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil && interrupted:
		fmt.Fprintln(os.Stderr, "experiment: stopped; everything is taken down")
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "experiment:", err)
		os.Exit(1)
	}
}
