package server

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/cluster"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/metrics"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/posture"
	"github.com/rollguard/rollguard/pkg/selfprobe"
)

// What posture may ask of the API server in a second: a round through 4,000 namespaces
// then takes four minutes.
const (
	postureQPS   = 20
	postureBurst = 40
)

// newPosture is nil when posture is switched off.
func (s *server) newPosture() (*posture.Loop, error) {
	o := s.options
	if o.Posture.Lease == "" || o.Certificates.Namespace == "" {
		return nil, nil
	}
	limited := rest.CopyConfig(o.Config)
	limited.QPS, limited.Burst, limited.RateLimiter = postureQPS, postureBurst, nil
	limited.WarningHandler = rest.NoWarnings{} // they are our own
	clients, err := kubernetes.NewForConfig(limited)
	if err != nil {
		return nil, fmt.Errorf("clients for posture: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("name of this replica: %w", err)
	}
	lo := posture.Options{
		Clients: clients, Cluster: currentState{s.state, s},
		Decider: currentDecider{s}, Recorder: postureRecorder{s.gauges}, Log: o.Log.Named("posture"),
		Namespace: o.Certificates.Namespace, Lease: o.Posture.Lease, Identity: host + "_" + string(uuid.NewUUID()),
		Excluded:         func(namespace string) bool { return s.current.Load().Excluded[namespace] },
		RepairsPerMinute: int(o.Webhook.Repair.PerMinute), Every: o.Posture.Every,
	}
	if o.Posture.ProbeNamespace != "" {
		lo.Probe = s.newProbe(clients, lo.Identity)
	}
	return posture.New(lo), nil
}

// currentState and currentDecider have the configuration of this moment decide, as it
// does for requests.
type currentState struct {
	*cluster.State
	server *server
}

// Look implements [posture.Cluster].
func (c currentState) Look(ctx context.Context, name string) (decision.Namespace, error) {
	found, err := c.State.Look(ctx, name)
	if errors.Is(err, cluster.ErrBeingRead) {
		return found, posture.ErrNotYet
	}
	return found, err
}

// NativeSleep implements [posture.Cluster].
func (c currentState) NativeSleep() bool { return c.server.current.Load().Cluster.NativeSleep() }

type currentDecider struct{ server *server }

// Make implements [posture.Decider].
func (c currentDecider) Make(req *decision.Request) (decision.Decision, error) {
	return c.server.current.Load().Decider.Make(req)
}

// admitted tells posture of a write that was answered.
func (s *server) admitted(namespace string, d *decision.Decision) {
	if s.posture != nil {
		s.posture.Admitted(namespace, d)
	}
}

func (s *server) startPosture(ctx context.Context) error {
	if s.posture == nil {
		return nil
	}
	return s.posture.Start(ctx)
}

// postureRecorder gives the counts their labels.
type postureRecorder struct{ *metrics.Posture }

// Deployments implements [posture.Recorder].
func (r postureRecorder) Deployments(counts map[posture.Kind]int) {
	named := make(map[metrics.DeploymentKind]int, len(counts))
	for kind, n := range counts {
		named[metrics.DeploymentKind{State: string(kind.State), Exposure: string(kind.Exposure)}] += n
	}
	r.Posture.Deployments(named)
}

func newGauges(registry prometheus.Registerer) (*metrics.Posture, error) {
	o := metrics.PostureOptions{Registerer: registry, RepairOutcomes: posture.RepairOutcomes()}
	for _, state := range policy.States() {
		o.States = append(o.States, string(state))
	}
	for _, exposure := range api.Exposures() {
		if exposure != api.ExposureAuto {
			o.Exposures = append(o.Exposures, exposure)
		}
	}
	for _, status := range selfprobe.Statuses() {
		o.Statuses = append(o.Statuses, string(status))
	}
	return metrics.NewPosture(o)
}
