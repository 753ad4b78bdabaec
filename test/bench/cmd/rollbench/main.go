package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rollguard/rollguard/test/bench"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "rollbench:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("rollbench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 25, "`rounds` in which all handlers take turns")
	slice := flags.Duration("slice", 30*time.Millisecond, "`time` for each handler in a round")
	requests := flags.Int("requests", 3000, "`requests` over TLS for each handler, 0 for none")
	pid := flags.Int("pid", 0, "only print the resident memory of the process with this `id`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 {
		return fmt.Errorf("-rounds %d: at least one is needed", *rounds)
	}
	if *pid != 0 {
		return bench.PrintRSS(out, *pid)
	}
	printMachine(out)
	for _, size := range bench.Sizes() {
		if err := inProcess(out, size, bench.Effort{Rounds: *rounds, Slice: *slice}); err != nil {
			return err
		}
	}
	if *requests <= 0 {
		return nil
	}
	return overTLS(out, *requests)
}

func inProcess(out io.Writer, size bench.Size, effort bench.Effort) error {
	s, err := bench.NewScenario(size)
	if err != nil {
		return err
	}
	figures, err := bench.Measure(s, effort)
	if err != nil {
		return err
	}
	return printFigures(out, size, figures)
}

func overTLS(out io.Writer, requests int) error {
	s, err := bench.NewScenario(bench.GateSize())
	if err != nil {
		return err
	}
	entries := s.Entries[:3] // the usual write
	server, err := bench.Serve(entries)
	if err != nil {
		return err
	}
	latencies, err := bench.Drive(server, entries, requests)
	if closed := server.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return printLatencies(out, requests, latencies)
}
