package posture

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/pkg/decision"
)

// Cluster knows what is around the Deployments; [cluster.State] is the one there is.
type Cluster interface {
	// Synced tells whether it knows the whole cluster yet.
	Synced() bool
	// EnabledNamespaces are the names of all namespaces with the label.
	EnabledNamespaces(ctx context.Context) ([]string, error)
	// Look is what is known of a namespace; the Graph is nil where it is not enabled. It is
	// [ErrNotYet] where more will be known in a moment.
	Look(ctx context.Context, name string) (decision.Namespace, error)
	// NativeSleep tells whether the API server knows preStop.sleep.
	NativeSleep() bool
	// OnChange has f called with the name of a namespace in which something changed, ""
	// for all; nil ends it.
	OnChange(f func(namespace string))
}

// ErrNotYet says that a namespace is to be looked at again in a moment, and that until then
// nothing is to be reported or repaired.
var ErrNotYet = errors.New("not everything is known yet")

// Decider makes decisions.
type Decider interface {
	Make(*decision.Request) (decision.Decision, error)
}

// Recorder shows what was found.
type Recorder interface {
	// Deployments replaces the counts of all Deployments that were looked at.
	Deployments(counts map[Kind]int)
	// Repair counts a repair that was tried, by its outcome.
	Repair(outcome string)
	// Leads tells whether this replica is the one that looks.
	Leads(leads bool)
	// Unread replaces the number of namespaces whose Deployments could not be looked at.
	Unread(namespaces int)
}

// Probe looks whether admission works.
type Probe interface {
	// Run runs on the leader, beside the loop, until ctx ends. It calls works after each look.
	Run(ctx context.Context, works func(bool))
	// Ask looks while Run runs, unless that was done a moment ago. It returns when works was called, or ctx has
	// ended.
	Ask(ctx context.Context)
}

// Options are what a [Loop] needs; all are required but where it is said.
type Options struct {
	Clients  kubernetes.Interface
	Cluster  Cluster
	Decider  Decider
	Recorder Recorder
	Log      *zap.Logger
	// Namespace and Lease name the Lease that makes one replica the leader; Identity is
	// this replica's name, another one for each.
	Namespace, Lease, Identity string
	// Excluded are namespaces that are left alone whatever their labels say.
	Excluded func(namespace string) bool
	// RepairsPerMinute bounds the repairs in the whole cluster.
	RepairsPerMinute int
	// Every is how often all namespaces are gone through; 0 means 10 minutes.
	Every time.Duration
	// Probe tells whether admission works: nothing is repaired while it does not, and all
	// namespaces are gone through once it does again. It may be nil.
	Probe Probe
}

// The intervals.
const (
	roundEvery = 10 * time.Minute
	// settleTime is how long a namespace is left alone after a change (settling.go): a
	// release is many objects, and the webhook's other replicas see them a moment later.
	settleTime = time.Second
	// retryAfter is when a namespace is looked at again in which something failed or is
	// still to be repaired.
	retryAfter = 20 * time.Second
)

// Loop finds and repairs. Make one with [New].
type Loop struct {
	Options

	repairs   budget
	sightings *sightings
	// leading is held during a term, so that two never overlap.
	leading sync.Mutex
}

// New makes a loop; [Loop.Start] runs it.
func New(o Options) *Loop {
	if o.Every == 0 {
		o.Every = roundEvery
	}
	l := &Loop{Options: o, sightings: newSightings()}
	l.LimitRepairs(o.RepairsPerMinute)
	return l
}
