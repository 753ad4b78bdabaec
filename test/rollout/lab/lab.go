package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
	"github.com/rollguard/rollguard/test/kube/node"
)

// The images of the application. They differ in their name only, as when an author
// changes a version.
const (
	OldImage = "rollout-app:old"
	NewImage = "rollout-app:new"
)

// Options say how a lab runs. The zero value is a good one.
type Options struct {
	// Log is where Start tells what it does; nil means nowhere.
	Log io.Writer
	// Dir is the state folder, whose logs stay; empty means a temporary one.
	Dir string
	// Favour gives the node so many times the usual share of the processors while the
	// machine is busy, for a lab beside other tests; 0 is 1. A nice value below 0 favours
	// the whole lab, and wins.
	Favour float64
}

// Lab is a cluster with a node, the application's images and Rollguard. Its methods may
// be called from several goroutines.
type Lab struct {
	cluster *node.Cluster
	webhook *install.Binary
	client  kubernetes.Interface
	bin     string // folder of what was built
	k6      string // path
}

// Start brings everything up, which takes about 20 s once what it needs is built. Ctx
// bounds the start; Stop, or the end of this program, ends the lab.
func Start(ctx context.Context, o Options) (*Lab, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	binaries, err := kube.EnsureBinaries(ctx, o.Log, "k6")
	if err != nil {
		return nil, err
	}
	cluster, err := node.Start(ctx, node.Options{Dir: o.Dir, Log: o.Log})
	if err != nil {
		return nil, err
	}
	l := &Lab{cluster: cluster, k6: binaries["k6"], bin: filepath.Join(cluster.DataDir(), "lab")}
	if err := l.start(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("start lab: %w", err), l.Stop())
	}
	return l, nil
}

func (l *Lab) start(ctx context.Context, o Options) error {
	if err := os.MkdirAll(l.bin, 0o700); err != nil {
		return err
	}
	if err := l.prefer(o.Favour); err != nil {
		return err
	}
	var err error
	if l.client, err = kubernetes.NewForConfig(l.cluster.RESTConfig()); err != nil {
		return err
	}
	for _, pkg := range []string{"cmd/rollguard-webhook", "cmd/rollguard", "test/alb/cmd/albmodel", "test/rollout/app"} {
		if err := node.BuildProgram(ctx, "./"+pkg, l.program(filepath.Base(pkg))); err != nil {
			return err
		}
	}
	for _, image := range []string{OldImage, NewImage} {
		if err := l.cluster.LoadImage(ctx, node.Image{Name: image, Program: l.program("app")}); err != nil {
			return err
		}
	}
	return l.installRollguard(ctx)
}

// installRollguard runs the real program as the service account of the manifest, and
// writes the manifest's objects, but for those that are Pods.
func (l *Lab) installRollguard(ctx context.Context) error {
	addresses, err := install.FreeAddresses()
	if err != nil {
		return err
	}
	if err := install.Apply(ctx, l.cluster.ControlPlane, install.Call{URL: addresses.URL()}); err != nil {
		return err
	}
	l.webhook, err = install.StartBinary(ctx, l.cluster.ControlPlane, install.Program{Bin: l.bin, Addresses: addresses})
	return err
}

func (l *Lab) program(name string) string { return filepath.Join(l.bin, name) }

// Stop ends everything. It is an error if a part had ended by itself before.
func (l *Lab) Stop() error {
	if l.webhook != nil {
		l.webhook.Stop()
	}
	return l.cluster.Stop()
}

// Versions are those of the node, for the record.
func (l *Lab) Versions(ctx context.Context) (kubernetes, containerd string, err error) {
	nodes, err := l.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", "", fmt.Errorf("ask for versions: %w", err)
	}
	info := nodes.Items[0].Status.NodeInfo
	return info.KubeletVersion, info.ContainerRuntimeVersion, nil
}

// K6Version is that of the load generator.
func (l *Lab) K6Version(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, l.k6, "version").Output()
	if err != nil {
		return "", fmt.Errorf("ask k6 for its version: %w", err)
	}
	fields := strings.Fields(string(out))
	if len(fields) < 2 {
		return "", fmt.Errorf("k6 says of its version: %q", out)
	}
	return fields[1], nil
}

// Explain is what "rollguard explain" says of the Deployment web of a namespace, as text
// or in another form.
func (l *Lab) Explain(ctx context.Context, namespace, form string) (string, error) {
	cmd := exec.CommandContext(ctx, l.program("rollguard"), "explain", "deployment/web", "-n", namespace, "-o", form, "--kubeconfig", l.cluster.KubeconfigPath())
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		err = nil // something is at risk, and the text says what
	}
	if err != nil {
		return "", fmt.Errorf("explain %s/web: %w", namespace, err)
	}
	return string(out), nil
}
