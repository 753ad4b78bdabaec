package server

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
)

// reasonConfigRefused is the reason of the Event about a bad configuration file.
const reasonConfigRefused = "ConfigurationRefused"

// maxEvent bounds the message of an Event, in runes: a note in an API of today (Kubernetes
// pkg/apis/core/validation/events.go) has at most 1,024 bytes.
const maxEvent = 500

// eventTimeout bounds the time in which an Event is posted.
const eventTimeout = 5 * time.Second

// Pod is the Pod that this process runs in. Without a name there is none.
type Pod struct {
	Namespace, Name string
	UID             types.UID
}

// ownPod tells of problems by Events on our own Pod, where kubectl describe shows them.
type ownPod struct {
	Pod
	events typedcorev1.EventsGetter
}

func newOwnPod(c *rest.Config, p Pod) (*ownPod, error) {
	client, err := typedcorev1.NewForConfig(c)
	if err != nil {
		return nil, fmt.Errorf("client for events: %w", err)
	}
	return &ownPod{Pod: p, events: client}, nil
}

// note is what an Event says.
type note struct {
	kind, reason, text string
}

// tell posts one Event. Outside of a Pod the log and the metric have to do.
func (p *ownPod) tell(ctx context.Context, n note) error {
	if p.Name == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, eventTimeout)
	defer cancel()
	now := metav1.Now()
	_, err := p.events.Events(p.Namespace).Create(ctx, &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{GenerateName: p.Name + ".", Namespace: p.Namespace},
		InvolvedObject: corev1.ObjectReference{
			APIVersion: "v1", Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID,
		},
		Type: n.kind, Reason: n.reason, Message: fmt.Sprintf("%.*s", maxEvent, n.text),
		Source: corev1.EventSource{Component: "rollguard"}, Count: 1, FirstTimestamp: now, LastTimestamp: now,
	}, metav1.CreateOptions{})
	return err
}
