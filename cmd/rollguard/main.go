package main

import (
	"os"
	"runtime/debug"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/cli"
)

// gcPercent trades a little time for memory: a large cluster is audited from laptops and
// from pipelines with little of it.
const gcPercent = 50

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	os.Exit(cli.Run(os.Args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
