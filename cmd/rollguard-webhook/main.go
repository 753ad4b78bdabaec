// Command rollguard-webhook is the mutating admission webhook: flags to options,
// options to [server.Run], nothing else.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := newCommand().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "rollguard-webhook:", err)
		os.Exit(1)
	}
}
