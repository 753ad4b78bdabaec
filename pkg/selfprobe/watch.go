package selfprobe

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Watch looks again and again. Prober, Every and Tell are required.
type Watch struct {
	Prober

	// Every is the time between two looks while all is well.
	Every time.Duration
	// Identity is this replica's name.
	Identity string
	// Tell is called after each look.
	Tell func(Finding)
	// Failed is called when an Event cannot be written.
	Failed func(error)
}

// againAfter is when to look again after a look that did not find all well, unless Every
// is sooner: what is waited for is the end of an outage, or of our own start.
const againAfter = 5 * time.Second

// Run blocks until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		timer.Reset(w.look(ctx))
	}
}

// look looks once, and says when to look again.
func (w *Watch) look(ctx context.Context) time.Duration {
	found := w.Look(ctx)
	if ctx.Err() != nil {
		return w.Every
	}
	w.Tell(found)
	if found.Status == OK {
		return w.Every
	}
	if err := w.emit(ctx, found); err != nil {
		w.Failed(err)
	}
	return min(w.Every, againAfter)
}

// emit writes an Event about the webhook configuration. Its name follows from the
// status, so that there is one for each as long as the API server keeps it, an hour by
// default: that is the rate. Events of objects without a namespace are in "default".
func (w *Watch) emit(ctx context.Context, found Finding) error {
	h := fnv.New32a()
	_, _ = h.Write([]byte(found.Status)) // a hash takes all
	_, err := w.Clients.EventsV1().Events(metav1.NamespaceDefault).Create(ctx, &eventsv1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: metav1.NamespaceDefault, Name: fmt.Sprintf("rollguard-probe.%s.%08x", w.Configuration, h.Sum32())},
		EventTime:  metav1.NewMicroTime(time.Now()), Type: corev1.EventTypeWarning,
		ReportingController: "rollguard.io/self-probe", ReportingInstance: w.Identity,
		Action: "SelfProbe", Reason: "RollguardNotWorking",
		Note: fmt.Sprintf("%s: %s. %s", found.Status, found.Detail, found.Status.Advice()),
		Regarding: corev1.ObjectReference{
			APIVersion: "admissionregistration.k8s.io/v1", Kind: "MutatingWebhookConfiguration", Name: w.Configuration,
		},
	}, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}
