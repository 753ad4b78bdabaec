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

// The reasons of Events.
const (
	reasonFault = "RollguardNotWorking"
	reasonWell  = "RollguardWorking"
)

// maxEpisodes is how many faults of a kind are told by Event within an hour.
const maxEpisodes = 6

// teller tells the news of a watch.
type teller struct {
	*Watch
	episode
	freshness

	// ended counts the faults that were told and are over.
	ended int
	// failed is an Event that could not be written, to be tried again.
	failed bool
}

func (t *teller) tell(ctx context.Context, found Finding) {
	news := t.next(found.Status, time.Now())
	if news != Nothing {
		t.Tell(news, found)
	}
	switch {
	case news == Well:
		t.emit(ctx, message{corev1.EventTypeNormal, reasonWell, "Deployments are completed again: " + found.Detail + ".", OK})
		t.failed = false // it is over, so it is not tried again
		t.ended++
	case news == Fault, t.failed && found.Status == t.told:
		t.emit(ctx, message{corev1.EventTypeWarning, reasonFault, found.Brief(), found.Status})
	}
}

// message is what an Event says.
type message struct {
	kind, reason, note string
	about              Status
}

// emit writes an Event about the webhook configuration. Its name follows from what it is
// about and from how many faults there were before, so that a further replica does not
// write it again, and there are few as long as the API server keeps them, an hour by
// default. Events of objects without a namespace are in "default".
func (t *teller) emit(ctx context.Context, m message) {
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s\x00%d", m.about, t.ended%maxEpisodes) // a hash takes all
	_, err := t.Clients.EventsV1().Events(metav1.NamespaceDefault).Create(ctx, &eventsv1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: metav1.NamespaceDefault, Name: fmt.Sprintf("rollguard-probe.%s.%08x", t.Configuration, h.Sum32())},
		EventTime:  metav1.NewMicroTime(time.Now()), Type: m.kind,
		ReportingController: "rollguard.io/self-probe", ReportingInstance: t.Identity,
		Action: "SelfProbe", Reason: m.reason, Note: m.note,
		Regarding: corev1.ObjectReference{
			APIVersion: "admissionregistration.k8s.io/v1", Kind: "MutatingWebhookConfiguration", Name: t.Configuration,
		},
	}, metav1.CreateOptions{})
	before := t.failed
	if t.failed = err != nil && !apierrors.IsAlreadyExists(err); t.failed && !before {
		t.Failed(err)
	}
}
