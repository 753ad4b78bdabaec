package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/load"
)

// openBound is how long a stand may take until every Pod gets requests.
const openBound = 4 * time.Minute

// pollInterval is how often something that is to happen soon is looked for.
const pollInterval = 500 * time.Millisecond

// Stand is a namespace with a Deployment that runs behind a load balancer.
type Stand struct {
	lab       *Lab
	namespace string
	trial     rollout.Trial
	objects   rollout.Objects
	balancer  *balancer
	lives     *lives
	unfollow  context.CancelFunc
	image     string // that runs
	replicas  int32
	record    rollout.Record // of the last rollout
}

// Open makes a stand for a trial in a new namespace and returns when every node of its
// load balancer sends to every Pod. The caller closes it.
func (l *Lab) Open(ctx context.Context, namespace string, t rollout.Trial) (*Stand, error) {
	ctx, cancel := context.WithTimeout(ctx, openBound)
	defer cancel()
	s := &Stand{lab: l, namespace: namespace, trial: t, image: OldImage}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", t.ID(), err), s.Close(context.WithoutCancel(ctx)))
	}
	return s, nil
}

func (s *Stand) open(ctx context.Context) (err error) {
	if s.objects, err = s.trial.Objects(s.namespace); err != nil {
		return err
	}
	// Two calls: the webhook is to know the Ingress when the Deployment comes.
	if err := s.apply(ctx, bytes.Join([][]byte{s.objects.Namespace, s.objects.Exposure}, []byte("---\n"))); err != nil {
		return err
	}
	following, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.unfollow = cancel
	if s.lives, err = follow(following, s.lab.client, s.namespace); err != nil {
		return err
	}
	if err := s.apply(ctx, s.objects.Deployment); err != nil {
		return err
	}
	if s.balancer, err = s.lab.startBalancer(ctx, s.namespace, s.trial.Model.Flags()); err != nil {
		return err
	}
	d, err := s.deployment(ctx)
	if err != nil {
		return err
	}
	s.replicas = *d.Spec.Replicas
	return poll(ctx, "all Pods to get requests", func() (bool, error) { return s.settled(), s.alive() })
}

func (s *Stand) apply(ctx context.Context, manifest []byte) error {
	apply := func() error {
		_, err := install.Kubectl(ctx, s.lab.cluster.ControlPlane, manifest, "apply", "-f", "-")
		return err
	}
	err := apply()
	if err != nil && strings.Contains(err.Error(), "(AlreadyExists)") {
		// Two stands made the IngressClass, which they share, at the same moment.
		return apply()
	}
	return err
}

func (s *Stand) deployment(ctx context.Context) (*appsv1.Deployment, error) {
	d, err := s.lab.client.AppsV1().Deployments(s.namespace).Get(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("read Deployment: %w", err)
	}
	return d, nil
}

// settled tells whether all Pods are of the image that is to run, and each node of the
// load balancer sends to all of them and to no other.
func (s *Stand) settled() bool {
	wanted, others := s.lives.of(s.image)
	if len(wanted) != int(s.replicas) || others > 0 {
		return false
	}
	all, elsewhere := s.balancer.inUse(alb.Defaults().Nodes, wanted)
	return all == int(s.replicas) && !elsewhere
}

// state says how far it is from settled.
func (s *Stand) state() string {
	wanted, others := s.lives.of(s.image)
	all, elsewhere := s.balancer.inUse(alb.Defaults().Nodes, wanted)
	return fmt.Sprintf("%d of %d Pods run %s, %d others are left; %d are in use, others too: %v", len(wanted), s.replicas, s.image, others, all, elsewhere)
}

// alive returns an error when the load balancer has ended.
func (s *Stand) alive() error {
	select {
	case <-s.balancer.ended:
		return fmt.Errorf("the load balancer ended by itself: %w", s.balancer.err)
	default:
		return nil
	}
}

// Address is that of the load balancer, for clients.
func (s *Stand) Address() string { return s.balancer.address }

// Namespace is where the Deployment web is.
func (s *Stand) Namespace() string { return s.namespace }

// Record is what was seen of the last rollout.
func (s *Stand) Record() rollout.Record { return s.record }

// Hold sends the load of so many users without a pause for some time, and rolls nothing.
func (s *Stand) Hold(ctx context.Context, users int, hold time.Duration) (rollout.Step, error) {
	step := rollout.Step{Users: users}
	strain := watchMachine(ctx)
	told, before := make(chan struct{}), len(s.balancer.journal())
	stop := time.AfterFunc(hold+2*time.Second, func() { close(told) })
	defer stop.Stop()
	k6 := load.K6{Path: s.lab.k6, Target: "http://" + s.balancer.address + "/test", Dir: s.lab.bin}
	out, err := load.Ramp{Users: users}.Run(ctx, k6, told)
	step.Strain = strain()
	if err != nil {
		return step, fmt.Errorf("hold %d users: %w", users, err)
	}
	step.Milliseconds, step.PerSecond = out.Milliseconds, perSecond(s.balancer.journal()[before:])
	return step, nil
}

// perSecond is the median of what was answered in a second.
func perSecond(events []alb.Event) float64 {
	var counts []int64
	for _, e := range events {
		if e.Type != "second" {
			continue
		}
		var sum int64
		for _, r := range e.Responses {
			sum += r.Count
		}
		counts = append(counts, sum)
	}
	if len(counts) == 0 {
		return 0
	}
	slices.Sort(counts)
	return float64(counts[len(counts)/2])
}

// Close removes the stand. It does not wait until the Pods have ended.
func (s *Stand) Close(ctx context.Context) error {
	var errs []error
	if s.balancer != nil {
		errs = append(errs, s.balancer.stop())
	}
	if s.unfollow != nil {
		s.unfollow()
	}
	// Nobody sends to them any more: they need not sleep first.
	soon := int64(1)
	client := s.lab.client.CoreV1()
	errs = append(errs,
		ignoreMissing(s.lab.client.AppsV1().Deployments(s.namespace).Delete(ctx, "web", metav1.DeleteOptions{})),
		client.Pods(s.namespace).DeleteCollection(ctx, metav1.DeleteOptions{GracePeriodSeconds: &soon}, metav1.ListOptions{}),
		ignoreMissing(client.Namespaces().Delete(ctx, s.namespace, metav1.DeleteOptions{})))
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close %s: %w", s.namespace, err)
	}
	return nil
}
