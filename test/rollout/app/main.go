// Command app is the application of the experiment: a small HTTP server whose
// start-up, warm-up, latency and end are settings, so that one image can stand for
// many kinds of applications. It answers 200 on /__health at once and on /test after
// the latency, the two paths of the original experiment.
//
// Nothing listens before the start-up has passed, as in an application that loads
// its data first: until then a probe is refused. When it ends, it writes one line of
// JSON, [tally.Tally], to standard output and, in a Pod, into its status.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// From the first moment: the first process of a container has no default action
	// for SIGTERM and would live on until SIGKILL.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	fmt.Fprintln(os.Stderr, "app: started")
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "app:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done and writes the tally to out.
func run(ctx context.Context, args []string, out io.Writer) error {
	s, err := parse(args)
	if err != nil {
		return err
	}
	return serve(ctx, s, out)
}
