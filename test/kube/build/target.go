package build

import (
	"fmt"
	"slices"
	"strings"
)

// The modules that hold the binaries, and where their versions are pinned,
// relative to the root of the repository.
const (
	kubernetesModule = "k8s.io/kubernetes"
	kubernetesPins   = "test/kube/modules/kubernetes"
	etcdModule       = "go.etcd.io/etcd/server/v3"
	etcdPins         = "test/kube/modules/etcd"
	helmModule       = "helm.sh/helm/v4"
	helmPins         = "test/kube/modules/helm"
	helm3Module      = "helm.sh/helm/v3"
	helm3Pins        = "test/kube/modules/helm3"
	containerdModule = "github.com/containerd/containerd/v2"
	containerdPins   = "test/kube/modules/containerd"
	cniModule        = "github.com/containernetworking/plugins"
	cniPins          = "test/kube/modules/cni"
	k6Module         = "go.k6.io/k6"
	k6Pins           = "test/kube/modules/k6"

	kubeRouterModule = "github.com/cloudnativelabs/kube-router/v2"
	kubeRouterPins   = "test/kube/modules/kuberouter"

	certManagerModule = "github.com/cert-manager/cert-manager"
	certManagerPins   = "test/kube/modules/certmanager"
)

// target is one binary this package can build.
type target struct {
	name    string
	module  string  // the module whose version is the binary's
	pins    string  // the folder of the go.mod that pins it
	pkg     string  // its main package
	tags    string  // build tags, with commas
	own     bool    // the main package is ours, in the folder pins
	minutes float64 // measured on 2 cores, in the order of targets
	asset   bool    // KUBEBUILDER_ASSETS may hold it
}

// targets lists all binaries in the order they are best built: the API server
// before the others of Kubernetes, whose packages it mostly contains.
func targets() []target {
	all := []target{
		{
			name: "etcd", module: etcdModule, pins: etcdPins,
			pkg: etcdModule, minutes: 1, asset: true,
		},
		kubernetes("kube-apiserver", 5, true),
		kubernetes("kubectl", 0.7, true),
		kubernetes("kube-controller-manager", 1.5, false),
		kubernetes("kube-scheduler", 1, false),
		kubernetes("kubelet", 1, false),
		kubernetes("kube-proxy", 0.5, false),
		{
			name: "helm", module: helmModule, pins: helmPins,
			pkg: helmModule + "/cmd/helm", minutes: 1,
		},
		{
			name: "helm3", module: helm3Module, pins: helm3Pins,
			pkg: helm3Module + "/cmd/helm", minutes: 1,
		},
	}
	all = append(all, nodeTargets()...)
	return append(all,
		target{name: "k6", module: k6Module, pins: k6Pins, pkg: k6Module, minutes: 1.7},
		target{
			name: "kube-router", module: kubeRouterModule, pins: kubeRouterPins,
			pkg: kubeRouterModule + "/cmd/kube-router", minutes: 1.5,
		},
		target{
			name: "certmanager", module: certManagerModule, pins: certManagerPins,
			pkg: "github.com/rollguard/rollguard/" + certManagerPins, own: true, minutes: 1.5,
		},
	)
}

// kubernetes returns the target of one of Kubernetes' own binaries.
func kubernetes(name string, minutes float64, asset bool) target {
	return target{
		name: name, module: kubernetesModule, pins: kubernetesPins,
		pkg: kubernetesModule + "/cmd/" + name, minutes: minutes, asset: asset,
	}
}

// nodeTargets lists what a node needs that Kubernetes does not bring. The tags
// leave out what containerd would need other programs or C for.
func nodeTargets() []target {
	containerd := func(name string, minutes float64) target {
		return target{
			name: name, module: containerdModule, pins: containerdPins,
			pkg: containerdModule + "/cmd/" + name, tags: "no_btrfs,no_devmapper,no_zfs", minutes: minutes,
		}
	}
	plugin := func(name, folder string) target {
		return target{
			name: name, module: cniModule, pins: cniPins,
			pkg: cniModule + "/plugins/" + folder + "/" + name, minutes: 0.1,
		}
	}
	return []target{
		containerd("containerd", 1.2),
		containerd("containerd-shim-runc-v2", 0.1),
		containerd("ctr", 0.1),
		plugin("bridge", "main"),
		plugin("loopback", "main"),
		plugin("host-local", "ipam"),
	}
}

// Known returns the names of all binaries that Ensure can build.
func Known() []string {
	var names []string
	for _, t := range targets() {
		names = append(names, t.name)
	}
	return names
}

// Default returns the names of the binaries a control plane needs, and kubectl.
func Default() []string {
	return []string{"etcd", "kube-apiserver", "kubectl"}
}

// NodeGroup is the name that stands for all binaries of Node.
const NodeGroup = "node"

// Node returns the names of the binaries that a node needs beyond Default.
func Node() []string {
	names := []string{"kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"}
	for _, t := range nodeTargets() {
		names = append(names, t.name)
	}
	return names
}

// selectTargets returns the named targets, each once, in building order.
func selectTargets(names []string) ([]target, error) {
	if slices.Contains(names, NodeGroup) {
		names = append(Node(), names...)
	}
	for _, name := range names {
		if name != NodeGroup && !slices.Contains(Known(), name) {
			return nil, fmt.Errorf("unknown binary %q: known are %s, and %s for all that a node needs",
				name, strings.Join(Known(), ", "), NodeGroup)
		}
	}
	return slices.DeleteFunc(targets(), func(t target) bool {
		return !slices.Contains(names, t.name)
	}), nil
}

// totalMinutes is how long a first build of all of them takes on 2 cores.
func totalMinutes(missing []target) float64 {
	var sum float64
	for _, t := range missing {
		sum += t.minutes
	}
	return sum
}
