package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

func main() {
	once := flag.Bool("once", false, "end after showing the result")
	bin := flag.String("bin", "bin", "folder of the built rollguard and rollguard-webhook")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *bin, *once)
	interrupted := ctx.Err() != nil
	stop()
	if err != nil && interrupted {
		fmt.Println("\nStopped.")
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bin string, once bool) (err error) {
	plane, err := kube.Start(ctx, kube.Options{Log: os.Stdout})
	if err != nil {
		return err
	}
	defer func() {
		if stopErr := plane.Stop(); err == nil {
			err = stopErr
		}
	}()
	d := &demo{plane: plane, bin: bin, paint: newPaint(os.Stdout)}
	if d.addresses, err = install.FreeAddresses(); err != nil {
		return err
	}
	if err := d.show(ctx); err != nil {
		return err
	}
	defer d.webhook.Stop()
	if once {
		return nil
	}
	d.invite()
	select {
	case <-ctx.Done():
		fmt.Println("\nStopping.")
		return nil
	case <-d.webhook.Done:
		return fmt.Errorf("the webhook ended by itself: %w; the end of its log:\n%s", d.webhook.Err, d.webhook.Tail())
	}
}
