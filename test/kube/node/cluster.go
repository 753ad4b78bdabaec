package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rollguard/rollguard/test/kube"
	"github.com/rollguard/rollguard/test/kube/build"
)

// startBound is how long the node may take to be ready once the control plane is. It
// takes seconds; the bound is for a machine that is busy with compiling.
const startBound = 3 * time.Minute

// Options say how a cluster of a control plane and a node runs. The zero value is a good
// one.
type Options struct {
	// ControlPlane are the options of the control plane. Its Dir and Log are those
	// below, and its binaries are always those of kube.EnsureBinaries.
	ControlPlane kube.Options
	// Dir is the state folder of the whole cluster, see kube.Options.
	Dir string
	// Log is where Start tells what it does; nil means nowhere.
	Log io.Writer
	// KubeProxy makes the addresses and node ports of Services work, with nftables.
	// Without it Pods are reached by their own addresses only, and the API server calls
	// webhooks at the addresses of their endpoints.
	KubeProxy bool
}

// Cluster is a running control plane with one node. Its methods may be called from
// several goroutines.
type Cluster struct {
	*kube.ControlPlane
	name       string
	binaries   kube.Binaries
	runc       string // path
	dir        string // of the node, below the state folder
	namespaces *namespaces
	network    *network
	relay      *relay
	processes  []*kube.Process // in the order they were started, but for the first
	first      *kube.Process   // of the namespaces
	stop       func() error
}

// Start starts a control plane and a node and returns when the node is ready for Pods:
// the node says so, no taint keeps Pods away, and the service account of the namespace
// default exists. It first installs and builds what is missing, which can take minutes
// and is bounded by ctx only; ctx does not end the cluster: Stop does, or the end of this
// program. Start fails at once where the machine is not Linux or the user not root.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	if err := requirements(ctx, o); err != nil {
		return nil, fmt.Errorf("start node: %w", err)
	}
	binaries, err := kube.EnsureBinaries(ctx, o.Log, append(build.Default(), build.NodeGroup)...)
	if err != nil {
		return nil, err
	}
	removeEmptyGroups()
	p := o.ControlPlane
	p.Dir, p.Log, p.Binaries = o.Dir, o.Log, binaries
	// Without kube-proxy nothing else leads from the API server to a Service.
	p.APIServerArgs = append([]string{
		"--enable-aggregator-routing=true",
		// By default the name comes first, and no DNS knows that.
		"--kubelet-preferred-address-types=InternalIP",
	}, p.APIServerArgs...)
	plane, err := kube.Start(ctx, p)
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	c := &Cluster{
		ControlPlane: plane,
		name:         nodeName(plane.Dir()),
		binaries:     binaries,
		dir:          filepath.Join(plane.DataDir(), "node"),
	}
	c.stop = sync.OnceValue(c.end)
	ctx, cancel := context.WithTimeout(ctx, startBound)
	defer cancel()
	if err := c.start(ctx, o); err != nil {
		// What stopping says about a process that died is known already.
		_ = c.Stop()
		return nil, fmt.Errorf("start node: %w", err)
	}
	fmt.Fprintf(o.Log, "Node %s ready after %.1f s, Pods in %s.\n", c.name, time.Since(begin).Seconds(), c.network.pods)
	return c, nil
}

// nodeName derives a name from the state folder that is short enough for a network
// device, whose names have at most 15 characters.
func nodeName(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return groupPrefix + hex.EncodeToString(sum[:4])
}

// start brings up one part after the other.
func (c *Cluster) start(ctx context.Context, o Options) error {
	var err error
	if c.runc, err = findTool("runc"); err != nil {
		return err
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return fmt.Errorf("make folder of the node: %w", err)
	}
	steps := []func(context.Context) error{
		c.startControllers, c.startNamespaces, c.startNetwork, c.startContainerd, c.loadPause, c.startKubelet,
	}
	if o.KubeProxy {
		steps = append(steps, c.startKubeProxy)
	}
	for _, step := range append(steps, c.publishAPIServer, c.waitReady) {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Stop ends the Pods, the node and the control plane and removes everything they made,
// but for the logs in a state folder that the caller chose. Pods are not asked to end:
// who wants that deletes them first. It is an error if a process had ended by itself
// before; the error carries the end of its log. Calling Stop again changes nothing.
func (c *Cluster) Stop() error {
	return c.stop()
}

// end stops what runs: all at once what asks the API server, then the first process of
// the namespaces and with it the Pods, and at last the control plane.
func (c *Cluster) end() error {
	errs := make([]error, len(c.processes))
	var group sync.WaitGroup
	for i, p := range c.processes {
		group.Go(func() { errs[i] = p.Stop() })
	}
	group.Wait()
	if c.network != nil {
		errs = append(errs, c.network.remove())
	}
	if c.first != nil {
		errs = append(errs, c.first.Kill())
	}
	if c.namespaces != nil {
		c.namespaces.close()
	}
	errs = append(errs, removeGroups(c.name))
	if c.relay != nil {
		c.relay.close()
	}
	errs = append(errs, c.ControlPlane.Stop())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("stop node: %w", err)
	}
	return nil
}

// NodeName returns the name of the node.
func (c *Cluster) NodeName() string {
	return c.name
}

// NodeIP returns the address at which this machine reaches the node: kubelet and, with
// kube-proxy, node ports.
func (c *Cluster) NodeIP() string {
	return c.network.node.String()
}

// MachineIP returns the address at which Pods reach this machine. A program that is to
// serve Pods listens there; nobody else can reach it.
func (c *Cluster) MachineIP() string {
	return c.network.machine.String()
}

// PodCIDR returns the network of the Pods, such as 10.200.17.0/24.
func (c *Cluster) PodCIDR() string {
	return c.network.pods.String()
}

// InitPID returns the id of the first process in the namespaces of the node, for people
// who want to look around with nsenter.
func (c *Cluster) InitPID() int {
	return c.first.PID()
}

// insideCommand is a command that ends soon.
type insideCommand struct {
	path  string
	args  []string
	stdin *os.File // may be nil
}

// run starts a program of the node, in its namespaces.
func (c *Cluster) run(name string, args []string, env ...string) (*kube.Process, error) {
	p, err := c.StartProgram(kube.Program{
		Path:  c.binaries[name],
		Args:  args,
		Env:   append([]string{"PATH=" + searchPath()}, env...),
		Enter: c.namespaces.enter,
	})
	if err == nil {
		c.processes = append(c.processes, p)
	}
	return p, err
}
