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

	"github.com/rollguard/rollguard/test/kube/node"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "kubenode: %v\n", err)
		os.Exit(1)
	}
}

// images are the archives to load, one for each flag -image.
type images []string

// String is for package flag, which shows defaults: there is none.
func (i *images) String() string { return "" }

// Set adds one archive.
func (i *images) Set(path string) error {
	*i = append(*i, path)
	return nil
}

// run does what args ask for.
func run(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("kubenode", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var archives images
	dir := flags.String("dir", "", "")
	proxy := flags.Bool("kube-proxy", true, "")
	flags.Var(&archives, "image", "")
	if len(args) == 0 || args[0] != "up" {
		usage(os.Stdout)
		if len(args) == 0 || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
			return flag.ErrHelp
		}
		return fmt.Errorf("unknown command %q: the only one is up", args[0])
	}
	if err := flags.Parse(args[1:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			usage(os.Stdout)
			return err
		}
		return fmt.Errorf("%w (-h shows how it is used)", err)
	}
	cluster, err := node.Start(ctx, node.Options{Dir: *dir, Log: os.Stderr, KubeProxy: *proxy})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	for _, archive := range archives {
		if err := cluster.LoadArchive(ctx, archive); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "Loaded %s.\n", archive)
	}
	show(os.Stdout, cluster)
	<-ctx.Done()
	fmt.Fprintln(os.Stderr, "Taking the cluster down.")
	return nil
}

// show prints what runs and how to use it.
func show(w io.Writer, c *node.Cluster) {
	fmt.Fprintf(w, `
API server   %s
node         %s at %s
Pods         %s, reachable from this machine
state, logs  %s

  export KUBECONFIG=%s
  %s get pods -A

To look around in the node: nsenter -t %d -a
Ctrl-C takes everything down.
`, c.URL(), c.NodeName(), c.NodeIP(), c.PodCIDR(), c.Dir(), c.KubeconfigPath(), c.Kubectl(), c.InitPID())
}

// usage explains the program.
func usage(w io.Writer) {
	fmt.Fprint(w, `Run a Kubernetes cluster of one real node on this machine.

Usage: go run ./test/kube/cmd/kubenode up [-dir FOLDER] [-image FILE ...] [-kube-proxy=false]

Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler, containerd,
kubelet and kube-proxy, prints the path of a kubeconfig, and takes all down again
on Ctrl-C. Needs Linux and root. What is missing is built from Go modules (about
13 minutes on 2 cores, once) or installed with apt-get (runc, iproute2, nftables).

  -dir FOLDER   state folder, whose logs stay (default: a temporary one)
  -image FILE   docker-archive of an image to load; may be given several times.
                There is no registry: Pods need imagePullPolicy Never
  -kube-proxy   run kube-proxy, for Services and node ports (default true)
`)
}
