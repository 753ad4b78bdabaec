package load

import (
	"context"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

// Plan is how much is done.
type Plan struct {
	Workers int
	// Rolls, Kills and Rotations are how often; a roll replaces both replicas, a rotation
	// is one new authority, with new serving certificates before and after.
	Rolls, Kills, Rotations int
	// AtLeast is how many writes there must be in each of these phases; the phase is made
	// longer until there are.
	AtLeast int
	Times   Times
	// Certificates are flags that make certificates short-lived.
	Certificates []string
	// Out gets a line for each phase.
	Out io.Writer
}

// Phase is what became of the writes while one thing was done.
type Phase struct {
	Name string
	Counts
	Took time.Duration
	// Heal is how long no write was completed, in the phases that break something.
	Heal time.Duration
	// Dead are connections that met no endpoint or a dead one.
	Dead int
}

// bench is one run.
type bench struct {
	Plan
	*cluster
	clients kubernetes.Interface
	writer  *writer
	phases  []Phase
}

// Run does the plan on a control plane, with the program in the folder bin.
func Run(ctx context.Context, plane *kube.ControlPlane, bin string, p Plan) ([]Phase, error) {
	b, err := newBench(ctx, plane, bin, p)
	if err != nil {
		return nil, err
	}
	defer b.balancer.Close()
	defer b.stop()
	writing, stop := context.WithCancel(ctx)
	b.writer.start(writing, p.Workers)
	defer func() { stop(); b.writer.workers.Wait() }()
	for _, phase := range b.all() {
		if err := b.phase(ctx, phase); err != nil {
			return b.phases, fmt.Errorf("%s: %w", phase.name, err)
		}
	}
	return b.phases, nil
}

func newBench(ctx context.Context, plane *kube.ControlPlane, bin string, p Plan) (*bench, error) {
	config := plane.RESTConfig()
	config.QPS, config.WarningHandler = -1, rest.NoWarnings{}
	clients, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	balancer, err := NewBalancer(ctx)
	if err != nil {
		return nil, err
	}
	b := &bench{
		Plan: p, clients: clients,
		cluster: &cluster{plane: plane, bin: bin, balancer: balancer, times: p.Times, flags: p.Certificates},
		writer:  &writer{clients: clients, counts: Counts{Why: map[string]int{}}},
	}
	if err := b.install(ctx); err != nil {
		return nil, err
	}
	for range 2 {
		if err := b.surge(ctx); err != nil {
			return nil, err
		}
	}
	return b, b.shop(ctx)
}

// install applies the manifest with failurePolicy Fail, and the longest time-out that the
// chart allows, as this machine is shared.
func (b *bench) install(ctx context.Context) error {
	if err := install.Apply(ctx, b.plane, install.Call{URL: b.balancer.URL()}); err != nil {
		return err
	}
	const fail = `[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Fail"},{"op":"replace","path":"/webhooks/0/timeoutSeconds","value":5}]`
	_, err := install.Kubectl(ctx, b.plane, nil, "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p", fail)
	return err
}

func (b *bench) shop(ctx context.Context) error {
	_, err := b.clients.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name: namespace, Labels: map[string]string{"rollguard.io/inject": "enabled"},
	}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	_, err = b.clients.CoreV1().Services(namespace).Create(ctx, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": "web"}, Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(8080)}}},
	}, metav1.CreateOptions{})
	return err
}
