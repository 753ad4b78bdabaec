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
	k6Module         = "go.k6.io/k6"
	k6Pins           = "test/kube/modules/k6"
)

// target is one binary this package can build.
type target struct {
	name    string
	module  string  // the module whose version is the binary's
	pins    string  // the folder of the go.mod that pins it
	pkg     string  // its main package
	minutes float64 // measured on 2 cores, in the order of targets
	asset   bool    // KUBEBUILDER_ASSETS may hold it
}

// targets lists all binaries in the order they are best built: the API server
// before the others of Kubernetes, whose packages it mostly contains.
func targets() []target {
	kubernetes := func(name string, minutes float64, asset bool) target {
		return target{
			name: name, module: kubernetesModule, pins: kubernetesPins,
			pkg: kubernetesModule + "/cmd/" + name, minutes: minutes, asset: asset,
		}
	}
	return []target{
		{
			name: "etcd", module: etcdModule, pins: etcdPins,
			pkg: etcdModule, minutes: 1, asset: true,
		},
		kubernetes("kube-apiserver", 5, true),
		kubernetes("kubectl", 0.7, true),
		kubernetes("kube-controller-manager", 1.5, false),
		kubernetes("kube-scheduler", 1, false),
		kubernetes("kubelet", 1, false),
		{
			name: "helm", module: helmModule, pins: helmPins,
			pkg: helmModule + "/cmd/helm", minutes: 1, asset: false,
		},
		{name: "k6", module: k6Module, pins: k6Pins, pkg: k6Module, minutes: 1.7},
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

// selectTargets returns the named targets, each once, in building order.
func selectTargets(names []string) ([]target, error) {
	for _, name := range names {
		if !slices.Contains(Known(), name) {
			return nil, fmt.Errorf("unknown binary %q: known are %s", name, strings.Join(Known(), ", "))
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
