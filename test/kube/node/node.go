package node

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/test/kube"
)

// Node is one node of a Cluster. Its methods may be called from several goroutines.
type Node struct {
	plane      *kube.ControlPlane
	name       string
	suffix     string // of the names of its programs, so that logs of several nodes differ
	binaries   kube.Binaries
	runc       string // path
	dir        string // of the node, below the state folder
	apiServer  netip.Addr
	namespaces *namespaces
	network    *network
	relay      *relay
	processes  []*kube.Process // in the order they were started, but for the first
	first      *kube.Process   // of the namespaces
	stop       func() error
}

// newNode returns a node that does not run yet. The first has number 1.
func newNode(plane *kube.ControlPlane, binaries kube.Binaries, number int) *Node {
	n := &Node{plane: plane, binaries: binaries, dir: filepath.Join(plane.DataDir(), "node")}
	identity := plane.Dir()
	if number > 1 {
		n.suffix = fmt.Sprintf("-%d", number)
		n.dir += n.suffix
		identity += n.suffix
	}
	n.name = nodeName(identity)
	n.stop = sync.OnceValue(n.end)
	return n
}

// prepare makes the folder of the node.
func (n *Node) prepare() error {
	var err error
	if n.runc, err = findTool("runc"); err != nil {
		return err
	}
	if err := os.MkdirAll(n.dir, 0o700); err != nil {
		return fmt.Errorf("make folder of the node: %w", err)
	}
	return nil
}

// start brings up one part after the other.
func (n *Node) start(ctx context.Context, o Options) error {
	steps := []func(context.Context) error{
		n.startNamespaces, n.startNetwork, n.startContainerd, n.loadPause, n.startKubelet,
	}
	if o.KubeProxy {
		steps = append(steps, n.startKubeProxy)
	}
	if o.NetworkPolicies {
		steps = append(steps, n.startKubeRouter)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Stop ends the Pods of the node and the node, and removes what they made on this
// machine. Pods are not asked to end, and the Node object stays, as that of a machine
// that was switched off. It is an error if a process had ended by itself before. Calling
// Stop again changes nothing.
func (n *Node) Stop() error {
	return n.stop()
}

// end stops at once what asks the API server, and then the first process of the
// namespaces and with it the Pods.
func (n *Node) end() error {
	errs := make([]error, len(n.processes))
	var group sync.WaitGroup
	for i, p := range n.processes {
		group.Go(func() { errs[i] = p.Stop() })
	}
	group.Wait()
	if n.network != nil {
		errs = append(errs, n.network.remove())
	}
	if n.first != nil {
		errs = append(errs, n.first.Kill())
	}
	if n.namespaces != nil {
		n.namespaces.close()
	}
	errs = append(errs, removeGroups(n.name))
	if n.relay != nil {
		n.relay.close()
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("stop node %s: %w", n.name, err)
	}
	return nil
}

// NodeName returns the name of the node.
func (n *Node) NodeName() string {
	return n.name
}

// NodeIP returns the address at which this machine reaches the node: kubelet, Pods on the
// host network and, with kube-proxy, node ports.
func (n *Node) NodeIP() string {
	return n.network.node.String()
}

// MachineIP returns the address at which Pods reach this machine. A program that is to
// serve Pods listens there; nobody else can reach it.
func (n *Node) MachineIP() string {
	return n.network.machine.String()
}

// PodCIDR returns the network of the Pods, such as 10.200.17.0/24.
func (n *Node) PodCIDR() string {
	return n.network.pods.String()
}

// InitPID returns the id of the first process in the namespaces of the node, for people
// who want to look around with nsenter.
func (n *Node) InitPID() int {
	return n.first.PID()
}

// insideCommand is a command that ends soon.
type insideCommand struct {
	path  string
	args  []string
	stdin *os.File // may be nil
}

// run starts a program of the node, in its namespaces. The name of a program is that of
// its log, so that those of further nodes run under another name.
func (n *Node) run(name string, args []string) (*kube.Process, error) {
	path := n.binaries[name]
	if n.suffix != "" {
		link := name + n.suffix
		if err := os.Symlink(path, filepath.Join(n.dir, link)); err != nil {
			return nil, fmt.Errorf("name %s of the node: %w", name, err)
		}
		path = ownFolder + "/" + link
	}
	p, err := n.plane.StartProgram(kube.Program{
		Path:  path,
		Args:  args,
		Env:   []string{"PATH=" + searchPath()},
		Enter: n.namespaces.enter,
	})
	if err == nil {
		n.processes = append(n.processes, p)
	}
	return p, err
}

// kubeconfig writes the file with which the named component, a user of its own, reaches
// the API server at host, and returns its name in the folder of the node.
func (n *Node) kubeconfig(name, host string, groups ...string) (string, error) {
	config, err := n.plane.User("system:"+name, groups...)
	if err != nil {
		return "", err
	}
	file := strings.TrimSuffix(name, ":"+n.name) + ".kubeconfig"
	return file, kube.WriteKubeconfig(filepath.Join(n.dir, file), elsewhere(config, host))
}

// elsewhere returns config for an API server that is reached at host. Its certificate
// does not know that address, so it is asked for by a name.
func elsewhere(config *rest.Config, host string) *rest.Config {
	config.Host = host
	config.ServerName = "kubernetes"
	return config
}

// relayURL returns the address of the API server for the node.
func (n *Node) relayURL() string {
	return fmt.Sprintf("https://%s", n.relay.address())
}
