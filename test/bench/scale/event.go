package scale

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/pkg/topology"
)

// eventCost is what changes of Ingresses cost that share a load balancer with others.
type eventCost struct {
	// seen is the time from the API server's answer to the writer until a lookup in another
	// namespace of the group answers by the change.
	seen percentiles
	// rebuilt is how many graphs one change made wrong, at most.
	rebuilt int64
}

// events changes a member of a group so often, each time one of another group.
func (w World) events(ctx context.Context, clients kubernetes.Interface, l *looker, times int) (eventCost, error) {
	var cost eventCost
	for n := range times {
		writer, reader, err := w.twoMembers(n)
		if err != nil {
			return cost, err
		}
		counted := n < 5 // a look at all namespaces takes its time
		if counted {
			if _, err := w.askAll(ctx, l); err != nil {
				return cost, err
			}
		}
		before := l.built.Load()
		scheme := fmt.Sprintf("wrong-%d", n)
		if err := annotate(ctx, clients, writer, map[string]any{annotationPrefix + "scheme": scheme}); err != nil {
			return cost, err
		}
		took, err := l.until(ctx, reader, scheme)
		if err != nil {
			return cost, err
		}
		cost.seen = append(cost.seen, took)
		if counted {
			if _, err := w.askAll(ctx, l); err != nil {
				return cost, err
			}
			cost.rebuilt = max(cost.rebuilt, l.built.Load()-before)
		}
		if err := annotate(ctx, clients, writer, map[string]any{annotationPrefix + "scheme": "internet-facing"}); err != nil {
			return cost, err
		}
		if _, err := l.until(ctx, reader, ""); err != nil {
			return cost, err
		}
	}
	slices.Sort(cost.seen)
	return cost, nil
}

// twoMembers are two Ingresses of one group in different namespaces.
func (w World) twoMembers(n int) (writer, reader place, err error) {
	var members []place
	first := n * sharedEvery
	group := w.groupOf(first)
	for number := 0; number < w.Namespaces*ingressesEach; number += sharedEvery {
		if w.groupOf(number) == group {
			members = append(members, place{namespaceName(number / ingressesEach), appName(number % ingressesEach)})
		}
	}
	for _, m := range members {
		if m.namespace != members[0].namespace {
			return members[0], m, nil
		}
	}
	return place{}, place{}, fmt.Errorf("group %s has no members in two namespaces", group)
}

func annotate(ctx context.Context, clients kubernetes.Interface, p place, annotations map[string]any) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": annotations}})
	if err != nil {
		return err
	}
	_, err = clients.NetworkingV1().Ingresses(p.namespace).Patch(ctx, p.app, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// until asks again and again until the doubt about a route holds the word, or until there
// is no doubt for an empty one.
func (l *looker) until(ctx context.Context, p place, word string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	ticker := time.NewTicker(100 * time.Microsecond)
	defer ticker.Stop()
	for start := time.Now(); ; {
		exposure, err := l.look(ctx, p.namespace, p.app)
		if err != nil {
			return 0, err
		}
		if doubt := doubtOf(exposure); (doubt == "") == (word == "") && strings.Contains(doubt, word) {
			return time.Since(start), nil
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("%s in %s: no lookup shows %q", p.app, p.namespace, word)
		case <-ticker.C:
		}
	}
}

func doubtOf(e topology.Exposure) string {
	for i := range e.Routes {
		if e.Routes[i].Maybe != nil {
			return e.Routes[i].Maybe.Because
		}
	}
	return ""
}

// askAll asks about one Deployment of each namespace.
func (w World) askAll(ctx context.Context, l *looker) (percentiles, error) {
	return l.times(ctx, w.everywhere())
}

func (w World) everywhere() []place {
	out := make([]place, w.Namespaces)
	for i := range out {
		out[i] = place{namespaceName(i), appName(0)}
	}
	return out
}

// churn changes Ingresses all over the cluster until ctx ends, so many in a second, and
// tells how many changes there were.
func (w World) churn(ctx context.Context, clients kubernetes.Interface, perSecond int) (changes int, err error) {
	ticker := time.NewTicker(time.Second / time.Duration(perSecond))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return changes, nil
		case <-ticker.C:
		}
		seconds := fmt.Sprint(5 + rand.IntN(100))
		err := annotate(ctx, clients, w.somewhere(), map[string]any{annotationPrefix + "healthcheck-interval-seconds": seconds})
		if err != nil && ctx.Err() == nil {
			return changes, err
		}
		changes++
	}
}
