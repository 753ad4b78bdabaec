package load

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	typedappsv1 "k8s.io/client-go/kubernetes/typed/apps/v1"
)

const namespace = "load"

// Counts are what became of writes that Rollguard was asked about.
type Counts struct {
	// Writes are those that were sent, Refused those that the API server refused because
	// its call failed, Other those that failed for another reason.
	Writes, Refused, Other int
	// Unpatched are those that passed without being completed.
	Unpatched int
	// Why are the reasons of those that failed, without addresses.
	Why map[string]int
}

// writer writes Deployments until it is stopped.
type writer struct {
	clients kubernetes.Interface
	mu      sync.Mutex
	counts  Counts
	last    time.Time // of the last write that was completed
	workers sync.WaitGroup
}

// start has so many workers write. Each creates a Deployment, updates its image eight
// times, and deletes it.
func (w *writer) start(ctx context.Context, workers int) {
	for n := range workers {
		w.workers.Go(func() {
			for round := 0; ctx.Err() == nil; round++ {
				w.round(ctx, fmt.Sprintf("web-%d-%d", n, round))
			}
		})
	}
}

func (w *writer) round(ctx context.Context, name string) {
	deployments := w.clients.AppsV1().Deployments(namespace)
	for revision := range 9 {
		d := deployment(name, revision)
		var stored *appsv1.Deployment
		var err error
		if revision == 0 {
			stored, err = deployments.Create(ctx, d, metav1.CreateOptions{})
		} else {
			stored, err = deployments.Update(ctx, d, metav1.UpdateOptions{})
		}
		if ctx.Err() != nil {
			return
		}
		w.note(stored, err)
		if err != nil && revision == 0 {
			_ = pause(ctx, 10*time.Millisecond)
			return
		}
	}
	w.remove(ctx, deployments, name)
}

func (w *writer) remove(ctx context.Context, deployments typedappsv1.DeploymentInterface, name string) {
	if err := deployments.Delete(ctx, name, metav1.DeleteOptions{}); err != nil && ctx.Err() == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.counts.Why["delete: "+err.Error()]++
	}
}

func (w *writer) note(stored *appsv1.Deployment, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts.Writes++
	switch {
	case err == nil && stored.Annotations["rollguard.io/injected"] == "":
		w.counts.Unpatched++
	case err == nil:
		w.last = time.Now()
	case strings.Contains(err.Error(), "failed calling webhook"):
		w.counts.Refused++
		w.counts.Why[reason(err)]++
	default:
		w.counts.Other++
		w.counts.Why[reason(err)]++
	}
}

// reason is the end of an error, which is its cause.
func reason(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, `": `); i >= 0 {
		text = text[i+3:]
	}
	if i := strings.Index(text, "->"); i >= 0 {
		text = text[strings.LastIndex(text, ": ")+2:]
	}
	return text
}

// take returns the counts since the last time.
func (w *writer) take() Counts {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.counts
	out.Why = maps.Clone(w.counts.Why)
	w.counts = Counts{Why: map[string]int{}}
	return out
}

// completed is when the last write was completed.
func (w *writer) completed() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// total is the number of writes since the last take.
func (w *writer) total() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.counts.Writes
}

func deployment(name string, revision int) *appsv1.Deployment {
	labels := map[string]string{"app": "web"}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "app", Image: fmt.Sprintf("registry.example/web:%d", revision), Ports: []corev1.ContainerPort{{ContainerPort: 8080}},
				}}},
			},
		},
	}
}
