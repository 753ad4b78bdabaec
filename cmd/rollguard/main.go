package main

import (
	"os"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/cli"
)

func main() {
	os.Exit(cli.Run(os.Args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
