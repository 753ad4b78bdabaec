package install

import (
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// Inventory names everything that is stored in the cluster, of every kind, in order. It
// leaves out Events, which go by themselves, and the Leases of the control plane and of
// nodes, which come at any time.
func Inventory(ctx context.Context, config *rest.Config) ([]string, error) {
	config = rest.CopyConfig(config)
	config.WarningHandler = rest.NoWarnings{} // kinds that are deprecated count too
	finder, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	lists, err := finder.ServerPreferredResources()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, list := range discovery.FilteredBy(discovery.SupportsAllVerbs{Verbs: []string{"list", "delete"}}, lists) {
		group, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			return nil, err
		}
		for _, kind := range list.APIResources {
			found, err := client.Resource(group.WithResource(kind.Name)).List(ctx, metav1.ListOptions{})
			if err != nil {
				return nil, fmt.Errorf("list %s: %w", kind.Name, err)
			}
			for _, o := range found.Items {
				if kind.Name != "events" && (kind.Name != "leases" || !strings.HasPrefix(o.GetNamespace(), "kube-")) {
					out = append(out, kind.Name+" "+o.GetNamespace()+"/"+o.GetName())
				}
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// Added is what an inventory has that an earlier one, in order, had not.
func Added(before, after []string) []string {
	return slices.DeleteFunc(slices.Clone(after), func(o string) bool {
		_, was := slices.BinarySearch(before, o)
		return was
	})
}
