package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/rollguard/rollguard/test/kube/build"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "kubebuild: %v\n", err)
		os.Exit(1)
	}
}

// run builds what args ask for and prints one path a line.
func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("kubebuild", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	out := flags.String("o", "", "")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			usage(os.Stdout)
			return err
		}
		return fmt.Errorf("%w (-h shows how it is used)", err)
	}
	root, err := build.FindRoot(".")
	if err != nil {
		return err
	}
	binaries, err := build.Ensure(ctx, build.Request{
		Root:   root,
		Out:    *out,
		Assets: os.Getenv("KUBEBUILDER_ASSETS"),
		Names:  flags.Args(),
		Log:    os.Stderr,
	})
	if err != nil {
		return err
	}
	for _, name := range build.Known() {
		if path, ok := binaries[name]; ok {
			fmt.Println(path)
		}
	}
	return nil
}

// usage explains the program.
func usage(w io.Writer) {
	others := slices.DeleteFunc(build.Known(), func(name string) bool {
		return slices.Contains(build.Default(), name)
	})
	fmt.Fprintf(w, `Build the programs of Kubernetes and others that Rollguard's tests run.

Usage: go run ./test/kube/cmd/kubebuild [-o FOLDER] [NAME ...]

Builds what is missing or outdated and prints the paths; what is there is kept.
Needs the Go toolchain and a module proxy, nothing else. The first build takes
about 7 minutes on 2 cores, node about 6 more.

  NAME       default: %s
             also:    %s
             node     stands for all that a node needs: %s
  -o FOLDER  where the binaries go (default bin/kube in the repository)

  KUBEBUILDER_ASSETS, where set, is the folder whose %s
             are used as they are, as with envtest; nothing is built for them.

Versions are pinned in test/kube/modules/*/go.mod.
`, strings.Join(build.Default(), " "), strings.Join(others, " "), strings.Join(build.Node(), " "), strings.Join(build.Default(), ", "))
}
