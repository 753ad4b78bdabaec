package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/valyala/fastjson"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
)

// Everywhere stands for all namespaces.
const Everywhere = ""

// Gap is something that could not be read.
type Gap struct {
	What string `json:"what"`
	Err  string `json:"error"`
}

// Gathered is what was read.
type Gathered struct {
	Files []*manifest.File
	Gaps  []Gap
	// Disabled counts the namespaces without the label.
	Disabled int
	// Hidden says as a clause, by the names of optional kinds that exist, why no object of
	// them is seen.
	Hidden map[string]string
}

// gathering is one call of Gather.
type gathering struct {
	*Cluster
	Gathered

	// enabled are the namespaces that are looked at.
	enabled []string
	// seen is set once the Deployments of at least one of them were read.
	seen bool
}

// Gather reads what decides about the Deployments of one namespace, or of all that are
// enabled, and the Deployments. It fails when no Deployment may be read.
func (c *Cluster) Gather(ctx context.Context, namespace string) (Gathered, error) {
	g := &gathering{Cluster: c, Gathered: Gathered{Hidden: map[string]string{}}}
	var err error
	if namespace == Everywhere {
		err = g.enabledNamespaces(ctx)
	} else {
		err = g.oneNamespace(ctx, namespace)
	}
	if err != nil {
		return g.Gathered, err
	}
	for _, r := range resources() {
		if err := g.collect(ctx, r, namespace); err != nil {
			return g.Gathered, err
		}
	}
	if err := g.collect(ctx, deployments(), namespace); err != nil {
		return g.Gathered, err
	}
	if !g.seen && len(g.enabled) > 0 {
		return g.Gathered, fmt.Errorf("%s: %s", g.Gaps[len(g.Gaps)-1].What, g.Gaps[len(g.Gaps)-1].Err)
	}
	return g.Gathered, nil
}

func (g *gathering) oneNamespace(ctx context.Context, name string) error {
	g.enabled = []string{name}
	raw, err := body(g.clients.Discovery().RESTClient().Get().AbsPath("/api/v1/namespaces/"+name).SetHeader("Accept", "application/json").Do(ctx))
	switch {
	case apierrors.IsNotFound(err):
		return fmt.Errorf("namespace %s does not exist", name)
	case apierrors.IsForbidden(err):
		g.gap("namespace "+name, err)
		return nil
	case err != nil:
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	return g.add("namespace "+name, raw)
}

// enabledNamespaces lists them all: the rest is counted.
func (g *gathering) enabledNamespaces(ctx context.Context) error {
	err := g.pages(ctx, namespaces().in("/api/v1", Everywhere), func(raw []byte) error {
		page, err := fastjson.ParseBytes(raw)
		if err != nil {
			return err
		}
		for _, item := range page.GetArray("items") {
			if string(item.GetStringBytes("metadata", "labels", api.LabelInject)) == api.InjectEnabled {
				g.enabled = append(g.enabled, string(item.GetStringBytes("metadata", "name")))
			} else {
				g.Disabled++
			}
		}
		return g.add("namespaces", raw)
	})
	if apierrors.IsForbidden(err) {
		return fmt.Errorf("namespaces may not be listed, so name one with -n: %w", err)
	}
	return err
}

// collect reads one kind: of all namespaces at once where that is allowed, else of one
// after the other.
func (g *gathering) collect(ctx context.Context, r resource, namespace string) error {
	where := namespace
	if r.elsewhere {
		where = Everywhere // a Gateway of another namespace, say
	}
	err := g.read(ctx, r, where)
	switch {
	case r.optional && apierrors.IsNotFound(err):
		return g.foreign(ctx, r)
	case err == nil:
		return nil
	case !apierrors.IsForbidden(err):
		return fmt.Errorf("%s: %w", r.name, err)
	case r.cluster || where != Everywhere:
		g.gap(about(r, where), err)
		return nil
	case r.elsewhere:
		g.gap(r.name+" of other namespaces", err)
	}
	for _, name := range g.enabled {
		switch err := g.read(ctx, r, name); {
		case apierrors.IsForbidden(err):
			g.gap(about(r, name), err)
		case err != nil:
			return fmt.Errorf("%s: %w", about(r, name), err)
		}
	}
	return nil
}

// foreign looks whether a kind that is not served in any version that is understood is
// served in others.
func (g *gathering) foreign(ctx context.Context, r resource) error {
	client := g.clients.Discovery()
	var group metav1.APIGroup
	err := client.RESTClient().Get().AbsPath("/apis/" + r.kind.Group).Do(ctx).Into(&group)
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
		list, err := client.ServerResourcesForGroupVersion(v.GroupVersion)
		if err != nil {
			return fmt.Errorf("API %s: %w", v.GroupVersion, err)
		}
		if slices.ContainsFunc(list.APIResources, func(a metav1.APIResource) bool { return a.Name == r.kind.Resource }) {
			served = append(served, v.Version)
		}
	}
	if hidden := r.kind.Foreign(served); hidden != "" {
		g.Hidden[r.kind.Name()] = hidden
	}
	return nil
}

func about(r resource, namespace string) string {
	if r.cluster || namespace == Everywhere {
		return r.name
	}
	return r.name + " of namespace " + namespace
}

// read tries the versions of a kind from the best on.
func (g *gathering) read(ctx context.Context, r resource, namespace string) error {
	var err error
	for _, path := range r.paths {
		err = g.pages(ctx, r.in(path, namespace), func(raw []byte) error {
			g.seen = g.seen || r.name == deployments().name
			return g.add(about(r, namespace), raw)
		})
		if !apierrors.IsNotFound(err) {
			break
		}
	}
	return err
}

// pageSize is how many objects are read at once.
const pageSize = 250

func (g *gathering) pages(ctx context.Context, path string, use func([]byte) error) error {
	for next := ""; ; {
		req := g.clients.Discovery().RESTClient().Get().AbsPath(path).Param("limit", strconv.Itoa(pageSize))
		if next != "" {
			req = req.Param("continue", next)
		}
		raw, err := body(req.SetHeader("Accept", "application/json").Do(ctx))
		if err != nil {
			return err
		}
		if err := use(raw); err != nil {
			return err
		}
		if next = fastjson.GetString(raw, "metadata", "continue"); next == "" {
			return nil
		}
	}
}

// add takes a page for what it is: a List, as it may stand in a file.
func (g *gathering) add(name string, raw []byte) error {
	f, err := manifest.Read("the cluster: "+name, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	g.Files = append(g.Files, f)
	return nil
}

func (g *gathering) gap(what string, err error) {
	text := err.Error()
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		text = status.Status().Message
	}
	g.Gaps = append(g.Gaps, Gap{What: what, Err: text})
}

// body is the answer, or the API server's own words for an error: Raw alone knows only
// its code.
func body(r rest.Result) ([]byte, error) {
	if err := r.Error(); err != nil {
		return nil, err
	}
	return r.Raw()
}
