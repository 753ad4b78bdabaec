// Command idlerss starts a control plane and the real webhook, and prints how much
// memory the webhook holds before anybody has asked it something.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/rollguard/rollguard/test/bench"
	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

func main() {
	bin := flag.String("bin", "bin", "folder of the built rollguard-webhook")
	flag.Parse()
	if err := run(context.Background(), *bin); err != nil {
		fmt.Fprintln(os.Stderr, "idlerss:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bin string) (err error) {
	plane, err := kube.Start(ctx, kube.Options{})
	if err != nil {
		return err
	}
	defer func() {
		if stopErr := plane.Stop(); err == nil {
			err = stopErr
		}
	}()
	addresses, err := install.FreeAddresses()
	if err != nil {
		return err
	}
	if err := install.Apply(ctx, plane, install.Call{URL: addresses.URL()}); err != nil {
		return err
	}
	webhook, err := install.StartBinary(ctx, plane, install.Program{Bin: bin, Addresses: addresses})
	if err != nil {
		return err
	}
	defer webhook.Stop()
	kib, err := bench.RSS(webhook.PID())
	if err != nil {
		return err
	}
	info, err := os.Stat(bin + "/rollguard-webhook")
	if err != nil {
		return err
	}
	fmt.Printf("\nWebhook, ready and idle: %.1f MiB resident; the binary, which is all of the image: %.1f MiB (bar 60 MB)\n",
		float64(kib)/1024, float64(info.Size())/(1<<20))
	return nil
}
