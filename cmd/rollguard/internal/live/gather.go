package live

import (
	"context"
	"fmt"

	"github.com/valyala/fastjson"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
)

// Everywhere stands for all namespaces.
const Everywhere = ""

// Gathered is what was read.
type Gathered struct {
	Files []*manifest.File
	Gaps  []Gap
	// Disabled counts the namespaces without the label.
	Disabled int
	// Hidden says as a clause, by the names of optional kinds that exist and of
	// [manifest.IngressClasses], why no object of them is seen.
	Hidden map[string]string
	Roads  Roads
}

// gathering is one call of Gather.
type gathering struct {
	*Cluster
	Gathered

	// enabled are the namespaces that are looked at.
	enabled []string
	// use is given each page as it comes.
	use func(*manifest.File) error
	// seen is set once the Deployments of at least one of them were read.
	seen bool
	// served are the resources of the group versions that discovery was asked about.
	served map[string][]metav1.APIResource
}

// Gather reads what decides about the Deployments of one namespace, or of all that are
// enabled, and the Deployments. It fails when no Deployment may be read.
func (c *Cluster) Gather(ctx context.Context, namespace string) (Gathered, error) {
	g := &gathering{Cluster: c, Gathered: Gathered{Hidden: map[string]string{}, Roads: Roads{}}}
	g.use = func(f *manifest.File) error {
		g.Files = append(g.Files, f)
		return nil
	}
	var err error
	if namespace == Everywhere {
		err = g.enabledNamespaces(ctx, func(labels *fastjson.Value) bool {
			return string(labels.GetStringBytes(api.LabelInject)) == api.InjectEnabled
		})
	} else {
		err = g.oneNamespace(ctx, namespace)
	}
	if err == nil {
		err = g.everything(ctx, []string{namespace})
	}
	return g.Gathered, err
}

// Walk reads what decides about the Deployments of some namespaces, or with none named of
// all, enabled or not, and then the Deployments. Use is given each page as it comes, and
// nothing is kept: a large cluster has more than fits into memory several times over.
// Hidden and Roads are filled before the first Deployment comes.
func (c *Cluster) Walk(ctx context.Context, w Walk) ([]Gap, error) {
	g := &gathering{Cluster: c, use: w.Use, Gathered: Gathered{Hidden: w.Hidden, Roads: w.Roads}}
	err := g.walk(ctx, w.Namespaces)
	return g.Gaps, err
}

// Walk says what to read and what to do with it.
type Walk struct {
	// Namespaces to read; none are all.
	Namespaces []string
	// Hidden is filled as [Gathered] says; it must not be nil.
	Hidden map[string]string
	// Roads is filled with what could not be read; it must not be nil.
	Roads Roads
	// Use is given each page.
	Use func(*manifest.File) error
}

func (g *gathering) walk(ctx context.Context, namespaces []string) error {
	if len(namespaces) == 0 {
		if err := g.enabledNamespaces(ctx, func(*fastjson.Value) bool { return true }); err != nil {
			return err
		}
		return g.everything(ctx, []string{Everywhere})
	}
	for _, name := range namespaces {
		if err := g.oneNamespace(ctx, name); err != nil {
			return err
		}
	}
	return g.everything(ctx, namespaces)
}

// everything reads all kinds in some namespaces, or everywhere, the Deployments last.
func (g *gathering) everything(ctx context.Context, namespaces []string) error {
	for _, r := range append(resources(), deployments()) {
		for i, namespace := range namespaces {
			if i > 0 && (r.cluster || r.elsewhere) {
				break // it was read for all of them
			}
			if err := g.collect(ctx, r, namespace); err != nil {
				return err
			}
		}
	}
	if !g.seen && len(g.enabled) > 0 && len(g.Gaps) > 0 {
		return g.nothing()
	}
	return nil
}

func (g *gathering) oneNamespace(ctx context.Context, name string) error {
	g.enabled = append(g.enabled, name)
	raw, err := body(g.clients.Discovery().RESTClient().Get().AbsPath("/api/v1/namespaces/"+name).SetHeader("Accept", "application/json").Do(ctx))
	switch {
	case apierrors.IsNotFound(err):
		return fmt.Errorf("namespace %s does not exist", name)
	case apierrors.IsForbidden(err):
		g.gap(oneNamespace+name, err)
		g.Gaps[len(g.Gaps)-1].Asked = true
		return nil
	case err != nil:
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	return g.use(manifest.Served(from("namespace "+name), raw))
}

// enabledNamespaces lists them all: those whose labels do not count are counted.
func (g *gathering) enabledNamespaces(ctx context.Context, counts func(labels *fastjson.Value) bool) error {
	err := g.pages(ctx, list{path: namespaces().in("/api/v1", Everywhere)}, func(p page) error {
		parsed, err := fastjson.ParseBytes(p.json)
		if err != nil {
			return err
		}
		for _, item := range parsed.GetArray("items") {
			if counts(item.Get("metadata", "labels")) {
				g.enabled = append(g.enabled, string(item.GetStringBytes("metadata", "name")))
			} else {
				g.Disabled++
			}
		}
		return g.use(p.file(from("namespaces")))
	})
	if apierrors.IsForbidden(err) {
		who := "you"
		if r, ok := refused(err.Error()); ok {
			who = "user " + r.user
		}
		return fmt.Errorf("%s may not list namespaces: name one with -n, or ask for ClusterRole view in the whole cluster", who)
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
	if r.optional && apierrors.IsForbidden(err) && !g.exists(r) {
		return g.foreign(ctx, r) // rights are asked before existence
	}
	switch {
	case r.optional && apierrors.IsNotFound(err):
		return g.foreign(ctx, r)
	case err == nil:
		return nil
	case !apierrors.IsForbidden(err):
		return fmt.Errorf("%s: %w", r.name, err)
	case r.cluster || where != Everywhere:
		g.note(r, where, err)
		return nil
	}
	return g.oneByOne(ctx, r, err)
}

// oneByOne reads a kind that may not be read of all namespaces at once. Where none of them
// may be read either, that is one gap.
func (g *gathering) oneByOne(ctx context.Context, r resource, all error) error {
	before := len(g.Gaps)
	if r.elsewhere {
		g.gap(r.name+" of other namespaces", all)
	}
	unread := 0
	for _, name := range g.enabled {
		switch err := g.read(ctx, r, name); {
		case apierrors.IsForbidden(err):
			g.note(r, name, err)
			unread++
		case err != nil:
			return fmt.Errorf("%s: %w", about(r, name), err)
		}
	}
	if unread == len(g.enabled) && len(g.Gaps) > before {
		one := g.Gaps[len(g.Gaps)-1]
		g.Gaps = g.Gaps[:before]
		g.gap(r.name, all)
		last := &g.Gaps[len(g.Gaps)-1]
		last.Asked, last.Road = one.Asked, one.Road
	}
	return nil
}

// from is what people call a page.
func from(what string) string { return "the cluster: " + what }

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
		err = g.pages(ctx, list{r.in(path, namespace), r.typed}, func(p page) error {
			g.seen = g.seen || r.name == deployments().name
			return g.use(p.file(from(about(r, namespace))))
		})
		if !apierrors.IsNotFound(err) {
			break
		}
	}
	return err
}
