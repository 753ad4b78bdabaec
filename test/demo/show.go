package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

const example = "deploy/examples/shop"

// demo is one run.
type demo struct {
	plane     *kube.ControlPlane
	bin       string
	addresses install.Addresses
	webhook   *install.Binary
	paint     paint
}

// show does it all: the Deployment as Kubernetes would store it, then with the
// webhook in place.
func (d *demo) show(ctx context.Context) error {
	if err := d.apply(ctx, "1-namespace.yaml", "2-ingress.yaml"); err != nil {
		return err
	}
	before, err := d.kubectl(ctx, "create", "--dry-run=server", "-o", "yaml", "-f", filepath.Join(example, "3-deployment.yaml"))
	if err != nil {
		return err
	}
	if err := install.Apply(ctx, d.plane, install.Call{URL: d.addresses.URL()}); err != nil {
		return err
	}
	if d.webhook, err = install.StartBinary(ctx, d.plane, install.Program{Bin: d.bin, Addresses: d.addresses}); err != nil {
		return err
	}
	fmt.Printf("Webhook ready, called by the API server at %s.\n", d.addresses.URL())
	if err := d.showExample(ctx, before.Stdout); err != nil {
		d.webhook.Stop()
		return err
	}
	return nil
}

func (d *demo) showExample(ctx context.Context, before string) error {
	d.title("The developer applies " + example)
	if err := d.apply(ctx, ""); err != nil {
		return err
	}
	after, err := d.kubectl(ctx, "get", "deployment", "web", "-n", "shop", "-o", "yaml")
	if err != nil {
		return err
	}
	d.title("What was stored: without Rollguard (-) and with it (+)")
	diff, err := difference(before, after.Stdout)
	if err != nil {
		return err
	}
	fmt.Print(d.paint.diff(diff))
	d.title("Why")
	return d.explain(ctx)
}

// apply runs kubectl apply on files of the example, all of them for "", and prints
// what a person would see.
func (d *demo) apply(ctx context.Context, files ...string) error {
	args := []string{"apply"}
	for _, f := range files {
		args = append(args, "-f", filepath.Join(example, f))
	}
	fmt.Printf("$ kubectl %s\n", strings.Join(args, " "))
	out, err := d.kubectl(ctx, args...)
	fmt.Print(d.paint.warnings(out.Stderr), out.Stdout)
	return err
}

func (d *demo) kubectl(ctx context.Context, args ...string) (install.Output, error) {
	return install.Kubectl(ctx, d.plane, nil, args...)
}

// explain asks the command line for the reasons: it decides with the same code.
func (d *demo) explain(ctx context.Context) error {
	args := []string{"explain", "deployment/web", "-n", "shop", "-f", example}
	fmt.Printf("$ rollguard %s\n", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, filepath.Join(d.bin, "rollguard"), args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

func (d *demo) title(text string) { fmt.Printf("\n%s\n\n", d.paint.bold("== "+text)) }

func (d *demo) invite() {
	d.title("It stays up until Ctrl-C")
	fmt.Printf("export KUBECONFIG=%s\n", d.plane.KubeconfigPath())
	fmt.Printf("%s get deployment web -n shop -o yaml\n", d.plane.Kubectl())
	fmt.Printf("%s rollout restart deployment web -n shop\n", d.plane.Kubectl())
	fmt.Printf("%s status -A\n", filepath.Join(d.bin, "rollguard"))
	fmt.Printf("curl -s http://%s/metrics | grep ^rollguard_\n", d.addresses.Ops)
	fmt.Println("\nHere the webhook is a process on this machine, called by a URL, not Pods behind a Service:\n" +
		"rollguard check says so, and cannot look at what runs.")
}
