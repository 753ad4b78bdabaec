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
	"k8s.io/apimachinery/pkg/util/wait"
)

// Watch looks again and again. Prober, Every and Tell are required.
type Watch struct {
	Prober

	// Every is the time between two looks.
	Every time.Duration
	// Identity is this replica's name.
	Identity string
	// Tell is called after each look.
	Tell func(Finding)
	// Failed is called when an Event cannot be written.
	Failed func(error)
}

// Run blocks until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	wait.UntilWithContext(ctx, func(ctx context.Context) {
		found := w.Look(ctx)
		if ctx.Err() != nil {
			return
		}
		w.Tell(found)
		if found.Status != OK {
			if err := w.emit(ctx, found); err != nil {
				w.Failed(err)
			}
		}
	}, w.Every)
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
