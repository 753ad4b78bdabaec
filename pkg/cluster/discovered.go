package cluster

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/pkg/topology"
)

// discoverer asks an API server what it serves.
type discoverer interface {
	// group has the versions of an API group; NotFound is the error where there is none.
	group(ctx context.Context, name string) (*metav1.APIGroup, error)
	ServerResourcesForGroupVersion(groupVersion string) (*metav1.APIResourceList, error)
	// tag is another one when anything else is served; "" is no answer to that.
	tag(ctx context.Context, known string) (string, error)
}

// groupDiscoverer asks for one group alone: the client's own question for groups brings all
// kinds of a cluster along.
type groupDiscoverer struct {
	*discovery.DiscoveryClient
	http *http.Client
}

func newGroupDiscoverer(config *rest.Config) (groupDiscoverer, error) {
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return groupDiscoverer{}, err
	}
	discoverer, err := discovery.NewDiscoveryClientForConfig(config)
	return groupDiscoverer{discoverer, client}, err
}

func (d groupDiscoverer) group(ctx context.Context, name string) (*metav1.APIGroup, error) {
	out := new(metav1.APIGroup)
	return out, d.RESTClient().Get().AbsPath("/apis/" + name).Do(ctx).Into(out)
}

// found is where a kind is served: in a version that is understood, else in others only,
// else not at all.
type found struct {
	version string
	foreign []string
}

// discovered is one round of questions, each asked once.
type discovered struct {
	from   discoverer
	groups map[string][]string
	// resources are those of each group and version.
	resources map[string][]metav1.APIResource
}

func newDiscovered(from discoverer) *discovered {
	return &discovered{from: from, groups: map[string][]string{}, resources: map[string][]metav1.APIResource{}}
}

// served finds the best version of a kind.
func (d *discovered) served(ctx context.Context, kind topology.Optional) (found, error) {
	versions, err := d.versions(ctx, kind.Group)
	if err != nil {
		return found{}, err
	}
	for _, version := range kind.Versions {
		if !slices.Contains(versions, version) {
			continue
		}
		if has, err := d.has(kind, version); has || err != nil {
			return found{version: version}, err
		}
	}
	var foreign []string
	for _, version := range versions {
		if slices.Contains(kind.Versions, version) {
			continue
		}
		has, err := d.has(kind, version)
		if err != nil {
			return found{}, err
		}
		if has {
			foreign = append(foreign, version)
		}
	}
	return found{foreign: foreign}, nil
}

func (d *discovered) versions(ctx context.Context, group string) ([]string, error) {
	if known, ok := d.groups[group]; ok {
		return known, nil
	}
	answer, err := d.from.group(ctx, group)
	var versions []string
	switch {
	case apierrors.IsNotFound(err):
	case err != nil:
		return nil, fmt.Errorf("API group %s: %w", group, err)
	default:
		for _, v := range answer.Versions {
			versions = append(versions, v.Version)
		}
	}
	d.groups[group] = versions
	return versions, nil
}

func (d *discovered) has(kind topology.Optional, version string) (bool, error) {
	gv := schema.GroupVersion{Group: kind.Group, Version: version}.String()
	resources, ok := d.resources[gv]
	if !ok {
		list, err := d.from.ServerResourcesForGroupVersion(gv)
		switch {
		case apierrors.IsNotFound(err): // gone since
		case err != nil:
			return false, fmt.Errorf("API %s: %w", gv, err)
		default:
			resources = list.APIResources
		}
		d.resources[gv] = resources
	}
	return slices.ContainsFunc(resources, func(r metav1.APIResource) bool { return r.Name == kind.Resource }), nil
}
