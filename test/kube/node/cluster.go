package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
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
	// NetworkPolicies has NetworkPolicies enforced, by kube-router's firewall. It goes with
	// KubeProxy. A node without it takes them and does nothing, as its network plugin does.
	NetworkPolicies bool
}

// Cluster is a running control plane with one node, and those that AddNode added. Its
// methods may be called from several goroutines, but for AddNode; those of a Node are
// about the first one.
type Cluster struct {
	*kube.ControlPlane
	*Node
	options Options
	others  []*Node
	stop    func() error
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
	needed := append(build.Default(), build.NodeGroup)
	if o.NetworkPolicies {
		needed = append(needed, kubeRouter)
	}
	binaries, err := kube.EnsureBinaries(ctx, o.Log, needed...)
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
	c := &Cluster{ControlPlane: plane, Node: newNode(plane, binaries, 1), options: o}
	c.stop = sync.OnceValue(c.end)
	if err := c.startFirst(ctx); err != nil {
		// What stopping says about a process that died is known already.
		_ = c.Stop()
		return nil, fmt.Errorf("start node: %w", err)
	}
	return c, nil
}

// nodeName derives the name of a node from a text that no other node has. It is short
// enough for a network device, whose names have at most 15 characters.
func nodeName(identity string) string {
	sum := sha256.Sum256([]byte(identity))
	return groupPrefix + hex.EncodeToString(sum[:4])
}

// startFirst starts the controllers and the first node.
func (c *Cluster) startFirst(ctx context.Context) error {
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, startBound)
	defer cancel()
	err := c.prepare()
	if err == nil {
		err = c.startControllers(ctx)
	}
	if err == nil {
		err = c.start(ctx, c.options)
	}
	if err == nil {
		err = c.publishAPIServer(ctx)
	}
	if err == nil {
		err = c.waitReady(ctx)
	}
	if err == nil {
		c.say(c.Node, begin)
	}
	return err
}

// say tells that a node is ready.
func (c *Cluster) say(n *Node, begin time.Time) {
	fmt.Fprintf(c.options.Log, "Node %s ready after %.1f s, Pods in %s.\n", n.name, time.Since(begin).Seconds(), n.network.pods)
}

// AddNode starts one more node and returns when it is ready for Pods. It knows no images
// but what its own LoadArchive and LoadImage load. Pods of different nodes reach each
// other only where this machine forwards packets, which is not switched on; all of them
// reach the API server and are reached from this machine. Stop of the cluster stops it
// too.
func (c *Cluster) AddNode(ctx context.Context) (*Node, error) {
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, startBound)
	defer cancel()
	n := newNode(c.ControlPlane, c.binaries, len(c.others)+2)
	n.apiServer = c.network.machine
	c.others = append(c.others, n)
	err := n.prepare()
	if err == nil {
		err = n.start(ctx, c.options)
	}
	if err == nil {
		err = n.waitReady(ctx)
	}
	if err != nil {
		_ = n.Stop()
		return nil, fmt.Errorf("add node: %w", err)
	}
	c.say(n, begin)
	return n, nil
}

// NodeNames returns the names of all nodes that were started, in that order.
func (c *Cluster) NodeNames() []string {
	names := []string{c.name}
	for _, n := range c.others {
		names = append(names, n.name)
	}
	return names
}

// Stop ends the Pods, the nodes and the control plane and removes everything they made,
// but for the logs in a state folder that the caller chose. Pods are not asked to end:
// who wants that deletes them first. It is an error if a process had ended by itself
// before; the error carries the end of its log. Calling Stop again changes nothing.
func (c *Cluster) Stop() error {
	return c.stop()
}

// end stops the nodes, those that came last first, and then the control plane.
func (c *Cluster) end() error {
	var errs []error
	for _, n := range slices.Backward(c.others) {
		errs = append(errs, n.Stop())
	}
	return errors.Join(append(errs, c.Node.Stop(), c.ControlPlane.Stop())...)
}
