package live

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// exists tells whether an optional kind is served in a version that is understood. An API
// server that does not say so has it for all that is known.
func (g *gathering) exists(r resource) bool {
	for _, version := range r.kind.Versions {
		all, err := g.resourcesOf(r.kind.Group + "/" + version)
		if err != nil || names(all, r) {
			return true
		}
	}
	return false
}

// resourcesOf asks discovery, once for each group version; of one that is not served it is
// none.
func (g *gathering) resourcesOf(groupVersion string) ([]metav1.APIResource, error) {
	if known, ok := g.served[groupVersion]; ok {
		return known, nil
	}
	list, err := g.clients.Discovery().ServerResourcesForGroupVersion(groupVersion)
	switch {
	case apierrors.IsNotFound(err):
		list = &metav1.APIResourceList{}
	case err != nil:
		return nil, fmt.Errorf("API %s: %w", groupVersion, err)
	}
	if g.served == nil {
		g.served = map[string][]metav1.APIResource{}
	}
	g.served[groupVersion] = list.APIResources
	return list.APIResources, nil
}

func names(all []metav1.APIResource, r resource) bool {
	return slices.ContainsFunc(all, func(a metav1.APIResource) bool { return a.Name == r.kind.Resource })
}

// foreign looks whether a kind that is not served in any version that is understood is
// served in others.
func (g *gathering) foreign(ctx context.Context, r resource) error {
	var group metav1.APIGroup
	err := g.clients.Discovery().RESTClient().Get().AbsPath("/apis/" + r.kind.Group).Do(ctx).Into(&group)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("API group %s: %w", r.kind.Group, err)
	}
	var served []string
	for _, v := range group.Versions {
		if slices.Contains(r.kind.Versions, v.Version) {
			continue
		}
		all, err := g.resourcesOf(v.GroupVersion)
		if err != nil {
			return err
		}
		if names(all, r) {
			served = append(served, v.Version)
		}
	}
	if hidden := r.kind.Foreign(served); hidden != "" {
		g.Hidden[r.kind.Name()] = hidden
	}
	return nil
}
