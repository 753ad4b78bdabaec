package pods

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/test/kube"
	"github.com/rollguard/rollguard/test/kube/build"
	"github.com/rollguard/rollguard/test/kube/node"
)

// registry stands for REGISTRY in the guides. Nobody pulls from it: the node has the image.
const registry = "rollguard.test"

// image is what the chart and the plain manifest ask for.
const image = registry + "/rollguard:0.1.0"

// exampleImage is the image of deploy/examples/shop, which is nowhere to be had.
const exampleImage = "registry.example/shop/web:1.0.0"

// world is what all tests share. It is set once, before the first test.
var world struct {
	root     string // of the repository
	binaries kube.Binaries
	cluster  *node.Cluster
	clients  kubernetes.Interface
	dynamic  dynamic.Interface
	program  string // the command line, rollguard
	archive  string // of the image
	hello    string // the program of the example's image
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run runs the tests on a cluster that has the images.
func run(m *testing.M) int {
	ctx := context.Background()
	var err error
	if world.cluster, err = node.Start(ctx, node.Options{Log: os.Stderr, KubeProxy: true, NetworkPolicies: true}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := 1
	if err := prepare(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	if err := world.cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

func prepare(ctx context.Context) error {
	var err error
	if world.root, err = build.FindRoot("."); err != nil {
		return err
	}
	if world.binaries, err = kube.EnsureBinaries(ctx, os.Stderr, "helm", "kubectl", "certmanager"); err != nil {
		return err
	}
	config := world.cluster.RESTConfig()
	config.WarningHandler = rest.NoWarnings{} // each write gets one
	if world.clients, err = kubernetes.NewForConfig(config); err != nil {
		return err
	}
	if world.dynamic, err = dynamic.NewForConfig(config); err != nil {
		return err
	}
	world.program = filepath.Join(world.cluster.DataDir(), "rollguard")
	if err := node.BuildProgram(ctx, "./cmd/rollguard", world.program); err != nil {
		return err
	}
	world.hello = filepath.Join(world.cluster.DataDir(), "hello")
	if err := node.BuildProgram(ctx, "./test/kube/node/cmd/hello", world.hello); err != nil {
		return err
	}
	if err := makeImage(ctx); err != nil {
		return err
	}
	return loadImages(ctx, world.cluster.Node)
}

// loadImages has a node know what its Pods run.
func loadImages(ctx context.Context, n *node.Node) error {
	if err := n.LoadArchive(ctx, world.archive); err != nil {
		return err
	}
	return n.LoadImage(ctx, node.Image{Name: exampleImage, Program: world.hello, User: "65532:65532"})
}

// makeImage makes Rollguard's image as the guide says.
func makeImage(ctx context.Context) error {
	world.archive = filepath.Join(world.cluster.DataDir(), "rollguard.tar")
	cmd := exec.CommandContext(ctx, "make", "--no-print-directory", "image",
		"PLATFORMS="+runtime.GOARCH, "IMAGE="+image, "ARCHIVE="+world.archive)
	cmd.Dir = world.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make image: %w\n%s", err, out)
	}
	return nil
}
