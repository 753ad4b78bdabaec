package cluster

import (
	"context"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/topology"
)

// ErrBeingRead says that a kind has just appeared in the cluster, and its objects are being
// read. It is no error for longer than 30 s: what cannot be read by then is a gap.
var ErrBeingRead = errors.New("a kind that has just appeared is being read")

// EnabledNamespaces are the names of the namespaces with the label, in no order.
func (s *State) EnabledNamespaces(ctx context.Context) ([]string, error) {
	if !s.synced() {
		return nil, ErrNotSynced
	}
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("NamespaceList"))
	err := s.reader.List(ctx, list, client.MatchingLabels{api.LabelInject: api.InjectEnabled}, client.UnsafeDisableDeepCopy)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(list.Items))
	for i := range list.Items {
		names[i] = list.Items[i].Name
	}
	return names, nil
}

// Look is [State.Namespace] for those who are in no hurry and go through many
// namespaces: it waits for nothing, and a graph that had to be built is not kept. An
// absent namespace is a NotFound error. While a kind that has just appeared is being read
// it is [ErrBeingRead]: what comes then is worth the wait.
func (s *State) Look(ctx context.Context, name string) (decision.Namespace, error) {
	if !s.synced() {
		return decision.Namespace{}, ErrNotSynced
	}
	meta, err := s.namespace(ctx, name)
	if err != nil {
		return decision.Namespace{}, err
	}
	out := decision.Namespace{Labels: meta.Labels, Annotations: meta.Annotations, Room: s.rooms.of(name)}
	if meta.Labels[api.LabelInject] != api.InjectEnabled {
		return out, nil // nobody asks about its routes
	}
	out.Graph, err = s.graphs.peek(ctx, name, meta.Labels)
	return out, err
}

// peek is get without keeping the graph that it builds, but what it depends on, so that
// changes are told of.
func (g *graphs) peek(ctx context.Context, namespace string, labels map[string]string) (*topology.Graph, error) {
	e, err := g.find(ctx, namespace, labels, false)
	if err == nil && time.Now().Before(e.unread) {
		return nil, ErrBeingRead
	}
	return e.graph, err
}
