// Command loadtest is the long form of package load: see "make load".
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/rollguard/rollguard/test/kube"
	"github.com/rollguard/rollguard/test/load"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "loadtest:", err)
		os.Exit(1)
	}
}

func run() error {
	bin := flag.String("bin", "bin", "folder of the program")
	workers := flag.Int("workers", 8, "writers at once")
	atLeast := flag.Int("at-least", 34_000, "writes in each of the first three phases")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Minute)
	defer cancel()
	plane, err := kube.Start(ctx, kube.Options{Log: os.Stderr})
	if err != nil {
		return err
	}
	defer func() { _ = plane.Stop() }()
	phases, err := load.Run(ctx, plane, *bin, load.Plan{
		Workers: *workers, Rolls: 10, Kills: 10, Rotations: 10, AtLeast: *atLeast, Out: os.Stdout,
		// The chart's values, and what a kubelet and kube-proxy take.
		Times:        load.Times{EndpointsLag: 2 * time.Second, Sleep: 10 * time.Second, Drain: 10 * time.Second, Noticed: time.Second},
		Certificates: []string{"--certificate-life=60s", "--authority-life=60s", "--trust-settle=4s", "--trust-overlap=20s"},
	})
	if err != nil {
		return err
	}
	writes, refused := 0, 0
	for _, p := range phases[:3] {
		writes, refused = writes+p.Writes, refused+p.Refused
	}
	fmt.Printf("rolled, renewed and killed: %d of %d writes were refused\n", refused, writes)
	return nil
}
