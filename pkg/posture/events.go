package posture

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"strings"
	"time"
	"unicode/utf8"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// controller names us in Events.
const controller = "rollguard.io/posture"

// event is what is said about one Deployment.
type event struct {
	reason, note string
	// known is what tells it from another Event of the same reason; empty means the note.
	known string
	warn  bool
	// advises is set where the note would be another while admission does not work.
	advises bool
}

// hash is the same for the same news about the same Deployment, in every replica and
// after every restart.
func (e event) hash(uid string) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s\x00%s\x00%s", uid, e.reason, cmp.Or(e.known, e.note)) // a hash takes all
	return h.Sum64()
}

// report says something that holds until it is over: once, and not again after a
// restart.
func (v *survey) report(ctx context.Context, about target, e event) {
	if !v.news(about, e) || v.emit(ctx, about, e) {
		n := v.notes[about.uid]
		n.report = e.hash(about.uid)
		v.notes[about.uid] = n
	}
}

// news tells whether it was not said before, as far as is remembered.
func (v *survey) news(about target, e event) bool {
	return v.tally.note(v.name, about.uid).report != e.hash(about.uid)
}

// emit writes an Event, and tells whether it is written. Its name follows from what it
// says, so the same one cannot be written twice while the API server keeps it (an hour
// by default), by whichever replica: that is what bounds Events, without a list of
// them to be read.
func (l *Loop) emit(ctx context.Context, about target, e event) bool {
	kind := corev1.EventTypeNormal
	if e.warn {
		kind = corev1.EventTypeWarning
	}
	_, err := l.Clients.EventsV1().Events(about.namespace).Create(ctx, &eventsv1.Event{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: about.namespace,
			Name:      fmt.Sprintf("%s.%016x", shortened(about.name, maxEventName), e.hash(about.uid)),
		},
		EventTime: metav1.NewMicroTime(time.Now()), Type: kind,
		ReportingController: controller, ReportingInstance: shortened(l.Identity, maxInstance),
		Action: "Survey", Reason: e.reason, Note: shortened(e.note, maxNote),
		Regarding: corev1.ObjectReference{
			APIVersion: "apps/v1", Kind: "Deployment",
			Namespace: about.namespace, Name: about.name, UID: types.UID(about.uid),
		},
	}, metav1.CreateOptions{})
	if err == nil || apierrors.IsAlreadyExists(err) || goes(err) {
		return true
	}
	l.Log.Warn("an Event cannot be written", zap.String("namespace", about.namespace), zap.String("name", about.name), zap.Error(err))
	return false
}

// goes tells whether the namespace is being deleted, or is gone: nobody needs the Event.
func goes(err error) bool {
	return apierrors.IsNotFound(err) || apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause)
}

// The limits of events.k8s.io (Kubernetes pkg/apis/core/validation/events.go), and of
// names, less our hash.
const (
	maxNote      = 1024
	maxInstance  = 128
	maxEventName = 253 - 17
)

// shortened cuts text to a number of bytes, between runes.
func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return strings.TrimRight(text[:most], ".- ")
}
