package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"

	"github.com/rollguard/rollguard/test/rollout"
)

// pods samples the Deployment's Pods every second.
type pods struct {
	mu      sync.Mutex
	samples map[int64]sample // by unix second
}

// sample counts the Pods at one time.
type sample struct{ ready, ending, starting float64 }

// follow watches the Pods until ctx is done.
func follow(ctx context.Context, m *measurement) (*pods, error) {
	d, err := m.deployment(ctx)
	if err != nil {
		return nil, err
	}
	selector := metav1.FormatLabelSelector(d.Spec.Selector)
	factory := informers.NewSharedInformerFactoryWithOptions(m.client, 0, informers.WithNamespace(m.namespace),
		informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.LabelSelector = selector }))
	informer := factory.Core().V1().Pods().Informer()
	factory.StartWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return nil, fmt.Errorf("watch Pods: %w", context.Cause(ctx))
	}
	p := &pods{samples: map[int64]sample{}}
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			p.take(informer.GetStore().List())
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return p, nil
}

func (p *pods) take(all []any) {
	var s sample
	for _, o := range all {
		pod, ok := o.(*corev1.Pod)
		switch {
		case !ok || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed:
		case pod.DeletionTimestamp != nil:
			s.ending++
		case ready(pod):
			s.ready++
		default:
			s.starting++
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.samples[time.Now().Unix()] = s
}

func ready(p *corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// fill adds the samples of a series' seconds; one that is missing is as the one before.
func (p *pods) fill(s *rollout.Series, begin time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var last sample
	for i := range s.OK {
		if at, ok := p.samples[begin.Add(time.Duration(i)*time.Second).Unix()]; ok {
			last = at
		}
		s.Pods.InUse = append(s.Pods.InUse, last.ready)
		s.Pods.Leaving = append(s.Pods.Leaving, last.ending)
		s.Pods.Starting = append(s.Pods.Starting, last.starting)
		s.Pods.Waiting, s.Pods.Missed = append(s.Pods.Waiting, 0), append(s.Pods.Missed, 0)
	}
}
