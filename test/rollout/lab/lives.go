package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/tally"
)

// port is where the application listens.
const port = "8080"

// pod is what is known of one.
type pod struct {
	rollout.Life
	ip, image string
	served    int64
	aborted   int64
	told      bool // it said what it served, or does while it runs
	ready     bool
	flaps     int // how often it was ready and then not, without having been asked to end
}

// lives follows the Pods of a namespace.
type lives struct {
	mu   sync.Mutex
	pods map[string]*pod
}

// follow watches the Pods of a namespace until ctx is done.
func follow(ctx context.Context, client kubernetes.Interface, namespace string) (*lives, error) {
	l := &lives{pods: map[string]*pod{}}
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	informer := factory.Core().V1().Pods().Informer()
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { l.see(o) },
		UpdateFunc: func(_, o any) { l.see(o) },
		DeleteFunc: func(o any) { l.gone(o) },
	})
	if err != nil {
		return nil, fmt.Errorf("watch Pods of %s: %w", namespace, err)
	}
	factory.StartWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return nil, fmt.Errorf("watch Pods of %s: %w", namespace, context.Cause(ctx))
	}
	return l, nil
}

func (l *lives) see(object any) {
	p, ok := object.(*corev1.Pod)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.pods[p.Name]
	if k == nil {
		// Its own time of creation is cut off to the second.
		k = &pod{image: p.Spec.Containers[0].Image, Life: rollout.Life{Created: time.Now()}}
		l.pods[p.Name] = k
	}
	if p.Status.PodIP != "" {
		k.ip = p.Status.PodIP
	}
	if p.DeletionTimestamp != nil && k.Deleted.IsZero() {
		// It is when the grace period ends.
		k.Deleted = atTheLatest(p.DeletionTimestamp.Add(-time.Duration(*p.DeletionGracePeriodSeconds) * time.Second))
	}
	condition := readiness(p)
	now := condition.Status == corev1.ConditionTrue
	if now && k.Ready.IsZero() {
		k.Ready = atTheLatest(condition.LastTransitionTime.Time)
	}
	if k.ready && !now && k.Deleted.IsZero() {
		k.flaps++
	}
	k.ready = now
	for _, c := range p.Status.ContainerStatuses {
		// A container that starts again begins a new tally; the last one is then here.
		if ended := c.State.Terminated; ended != nil && !k.told {
			k.end(ended)
		}
	}
}

// atTheLatest is now, or the end of the second that the API server names for what happened:
// its times are cut off to the second, and a busy machine tells of them late.
func atTheLatest(second time.Time) time.Time {
	now, end := time.Now(), second.Add(time.Second)
	if end.Before(now) {
		return end
	}
	return now
}

// readiness is the condition of a Pod, empty before it has one.
func readiness(p *corev1.Pod) corev1.PodCondition {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c
		}
	}
	return corev1.PodCondition{}
}

// began notes when the application listened, and when kubelet found it.
func (p *pod) began(t *tally.Tally) {
	if t.Listening != nil {
		p.Listening = *t.Listening
	}
	if t.Probed != nil {
		p.Probed = *t.Probed
	}
}

// end reads the last message of the application.
func (p *pod) end(ended *corev1.ContainerStateTerminated) {
	var t tally.Tally
	if err := json.Unmarshal([]byte(ended.Message), &t); err != nil {
		p.Stopping = ended.FinishedAt.Time
		return
	}
	p.served, p.aborted, p.told = t.Served, t.Aborted, true
	p.began(&t)
	p.Stopping = t.Ended
	if t.Terminated != nil {
		p.Stopping = *t.Terminated
	}
}

func (l *lives) gone(object any) {
	if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = unknown.Obj
	}
	p, ok := object.(*corev1.Pod)
	if !ok {
		return
	}
	l.see(p) // what it said last
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.pods[p.Name]
	k.Gone = time.Now()
	if k.Stopping.IsZero() {
		k.Stopping = k.Gone
	}
}

// of returns the Pods of an image that are not gone, and how many others there are.
func (l *lives) of(image string) (names map[string]bool, others int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	names = map[string]bool{}
	for name, p := range l.pods {
		switch {
		case !p.Gone.IsZero():
		case p.image == image && p.Deleted.IsZero():
			names[name] = true
		default:
			others++
		}
	}
	return names, others
}

// ask takes the tallies of the Pods that run.
func (l *lives) ask(ctx context.Context) error {
	for name, ip := range l.running() {
		t, err := askPod(ctx, ip)
		if err != nil {
			return fmt.Errorf("ask Pod %s what it served: %w", name, err)
		}
		l.mu.Lock()
		p := l.pods[name]
		p.served = t.Served
		p.began(&t)
		l.mu.Unlock()
	}
	return nil
}

func (l *lives) running() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string]string{}
	for name, p := range l.pods {
		if p.Deleted.IsZero() && p.Stopping.IsZero() && p.ip != "" {
			out[name] = p.ip
		}
	}
	return out
}

func askPod(ctx context.Context, ip string) (t tally.Tally, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(ip, port)+"/__tally", http.NoBody)
	if err != nil {
		return t, err
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return t, err
	}
	defer resp.Body.Close()
	return t, json.NewDecoder(resp.Body).Decode(&t)
}

// account is what the Pods of a namespace have said.
type account struct {
	served, aborted int64
	flaps           int
	silent          map[string]bool // ended without saying it
	lives           map[string]*rollout.Life
}

// sum adds up what all Pods have said so far.
func (l *lives) sum() account {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := account{silent: map[string]bool{}, lives: map[string]*rollout.Life{}}
	for name, p := range l.pods {
		a.served += p.served
		a.aborted += p.aborted
		a.flaps += p.flaps
		if !p.told && !p.Stopping.IsZero() {
			a.silent[name] = true
		}
		life := p.Life
		a.lives[name] = &life
	}
	return a
}
