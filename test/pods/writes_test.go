package pods

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// writeInterval is the time between two writes of a writer, if each takes no longer.
const writeInterval = 10 * time.Millisecond

// updates is how often a Deployment is replaced before the next is created.
const updates = 9

// writes are Deployments that are created and replaced in namespace shop, one write
// after the other, while something else happens to Rollguard.
type writes struct {
	t    *testing.T
	name string // of the Deployments, before a number
	stop context.CancelFunc
	done chan struct{}
	sent atomic.Int64
	errs []error // to be read after done
}

// startWrites writes until end, or the end of the test.
func startWrites(t *testing.T) *writes {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	w := &writes{t: t, name: fmt.Sprintf("write-%x-", time.Now().UnixNano()), stop: stop, done: make(chan struct{})}
	go w.run(ctx)
	return w
}

// run writes what an author would: never what Rollguard had added before, so that a
// write that passes unguarded is seen. The Deployments are paused and have no Pods.
func (w *writes) run(ctx context.Context) {
	defer close(w.done)
	ticker := time.NewTicker(writeInterval)
	defer ticker.Stop()
	for ctx.Err() == nil {
		n := w.sent.Load()
		if err := w.write(context.WithoutCancel(ctx), n); err != nil {
			w.errs = append(w.errs, fmt.Errorf("write %d at %s: %w", n, time.Now().Format(time.RFC3339Nano), err))
		}
		w.sent.Add(1)
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// write is the nth write.
func (w *writes) write(ctx context.Context, n int64) error {
	at := world.clients.AppsV1().Deployments("shop")
	d := authored(w.name+fmt.Sprint(n/(updates+1)), n)
	var stored *appsv1.Deployment
	var err error
	if n%(updates+1) == 0 {
		stored, err = at.Create(ctx, d, metav1.CreateOptions{})
	} else {
		stored, err = at.Update(ctx, d, metav1.UpdateOptions{})
	}
	if err == nil {
		err = guarded(stored)
	}
	if err == nil && n%(updates+1) == updates {
		err = at.Delete(ctx, d.Name, metav1.DeleteOptions{})
	}
	return err
}

// authored is a Deployment behind the Service of the example, as its author has it at
// the nth write.
func authored(name string, n int64) *appsv1.Deployment {
	labels := map[string]string{"app": "web", "write": name}
	none := int32(0)
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Replicas: &none, Paused: true, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "app", Image: exampleImage,
					Env:   []corev1.EnvVar{{Name: "WRITE", Value: fmt.Sprint(n)}},
					Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}},
				}}},
			},
		},
	}
}

// end stops, and fails the test if a write failed or passed unguarded meanwhile.
func (w *writes) end(during string) {
	w.t.Helper()
	w.stop()
	<-w.done
	if len(w.errs) > 0 {
		w.t.Errorf("%s: %d of %d writes failed or passed unguarded: %v", during, len(w.errs), w.sent.Load(), errors.Join(w.errs[:min(5, len(w.errs))]...))
	}
	if w.sent.Load() == 0 {
		w.t.Errorf("%s: nothing was written", during)
	}
	w.t.Logf("%s: %d writes, none may fail or pass unguarded, %d did", during, w.sent.Load(), len(w.errs))
}
