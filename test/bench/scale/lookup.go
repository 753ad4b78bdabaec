package scale

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/rollguard/rollguard/pkg/cluster"
	"github.com/rollguard/rollguard/pkg/topology"
)

// looker asks a live state in this process what the webhook asks its own: the
// namespace's settings and graph, and the exposure of one Deployment.
type looker struct {
	state *cluster.State
	built atomic.Int64
}

func newLooker(ctx context.Context, config *rest.Config) (*looker, error) {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, err
	}
	options := cluster.CacheOptions()
	options.Scheme = scheme
	c, err := cache.New(config, options)
	if err != nil {
		return nil, err
	}
	l := &looker{}
	l.state, err = cluster.New(ctx, cluster.Options{
		Config: config, Cache: c, GraphBuilt: func() { l.built.Add(1) }, Log: zap.NewNop(),
	})
	if err != nil {
		return nil, err
	}
	go func() { _ = c.Start(ctx) }()
	go func() { _ = l.state.Start(ctx) }()
	err = wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, time.Minute, true, func(context.Context) (bool, error) {
		return l.state.Synced(), nil
	})
	if err != nil {
		return nil, fmt.Errorf("the state in this process: %w", err)
	}
	return l, nil
}

// look asks about one Deployment.
func (l *looker) look(ctx context.Context, namespace, app string) (topology.Exposure, error) {
	found, err := l.state.Namespace(ctx, namespace)
	if err != nil {
		return topology.Exposure{}, err
	}
	return found.Graph.Exposure(pods(namespace, app)), nil
}

func pods(namespace, app string) topology.Pods {
	template := deployment(namespace, app).Spec.Template
	return topology.Pods{Labels: template.Labels, Containers: []topology.Container{{Name: "app", Ports: template.Spec.Containers[0].Ports}}}
}

// place is a Deployment to ask about.
type place struct{ namespace, app string }

func (w World) somewhere() place {
	return place{namespaceName(rand.IntN(w.Namespaces)), appName(rand.IntN(deploymentsEach))}
}

// times asks about each place and takes the time of each answer. Every Deployment of this
// world is behind an ALB.
func (l *looker) times(ctx context.Context, places []place) (percentiles, error) {
	out := make(percentiles, 0, len(places))
	for _, p := range places {
		described := pods(p.namespace, p.app)
		start := time.Now()
		found, err := l.state.Namespace(ctx, p.namespace)
		if err != nil {
			return nil, err
		}
		exposure := found.Graph.Exposure(described)
		out = append(out, time.Since(start))
		if exposure.Kind != topology.ALBIP || len(exposure.Gaps) > 0 {
			return nil, fmt.Errorf("%s in %s: exposure %s, gaps %v", p.app, p.namespace, exposure.Kind, exposure.Gaps)
		}
	}
	slices.Sort(out)
	return out, nil
}

// forgetGraphs makes the next question of each namespace build its graph again.
func (l *looker) forgetGraphs() { l.state.SetTopology(topology.Options{}) }

// percentiles are sorted times.
type percentiles []time.Duration

func (p percentiles) at(percent int) time.Duration {
	if len(p) == 0 {
		return 0
	}
	return p[min(len(p)*percent/100, len(p)-1)]
}

func (p percentiles) String() string {
	return fmt.Sprintf("p50 %s, p99 %s", rounded(p.at(50)), rounded(p.at(99)))
}

func rounded(d time.Duration) time.Duration {
	if d < time.Millisecond {
		return d.Round(100 * time.Nanosecond)
	}
	return d.Round(10 * time.Microsecond)
}
