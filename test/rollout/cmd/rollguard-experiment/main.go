// Command rollguard-experiment measures a rolling update of your own: it restarts a
// Deployment while it sends requests at a constant rate to a URL, counts every answer,
// and draws what happened.
//
//	rollguard-experiment -url https://shop.example.com/health -namespace shop -deployment web
//
// It asks before it does anything. docs/guides/measure-your-own.md says how to read it.
// The exit code is 0 when nothing was lost, 1 when something was, 2 when it could not be
// measured, and 130 after Ctrl-C.
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
	lost, err := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout})
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case interrupted:
		os.Exit(130)
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "rollguard-experiment:", err)
		os.Exit(2)
	case lost > 0:
		os.Exit(1)
	}
}
