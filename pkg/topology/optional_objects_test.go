package topology_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/pkg/topology"
)

// crds are objects of optional kinds, by kind and namespace, as a cluster has them.
type crds struct {
	t       *testing.T
	objects map[string][]metav1.Object
	hidden  map[string]string
	labels  map[string]map[string]string
}

// given reads objects of the optional kinds, separated by "---".
func given(t *testing.T, manifests string) *crds {
	t.Helper()
	c := &crds{t: t, objects: map[string][]metav1.Object{}, hidden: map[string]string{}, labels: map[string]map[string]string{}}
	for _, text := range strings.Split(manifests, "---\n") {
		if strings.TrimSpace(text) != "" {
			c.add(text)
		}
	}
	return c
}

func (c *crds) add(text string) {
	c.t.Helper()
	var is metav1.TypeMeta
	if err := yaml.Unmarshal([]byte(text), &is); err != nil {
		c.t.Fatalf("%v in:\n%s", err, text)
	}
	for _, kind := range topology.Optionals() {
		if kind.Kind != is.Kind || kind.Group != strings.Split(is.APIVersion, "/")[0] {
			continue
		}
		o := kind.New()
		if err := yaml.Unmarshal([]byte(text), o); err != nil {
			c.t.Fatalf("%v in:\n%s", err, text)
		}
		key := kind.Name() + o.GetNamespace()
		c.objects[key] = append(c.objects[key], o)
		return
	}
	c.t.Fatalf("no optional kind: %s", text)
}

func (c *crds) In(kind topology.Optional, namespace string) []metav1.Object {
	return c.objects[kind.Name()+namespace]
}
func (c *crds) Hidden(kind topology.Optional) string { return c.hidden[kind.Name()] }
func (c *crds) NamespaceLabels(namespace string) map[string]string {
	return c.labels[namespace]
}

// exposed is the exposure of the pods behind the Service web, of which nothing else is
// said, with these objects.
func (c *crds) exposed(change ...func(*corev1.Service)) topology.Exposure {
	return exposure(topology.Sources{
		Namespace: "shop", NamespaceLabels: map[string]string{"team": "a"},
		Services: []*corev1.Service{service(change...)}, Objects: c,
	})
}

// outcome is what a test of a door looks at.
func outcome(e topology.Exposure) string {
	parts := []string{string(e.Kind)}
	for i := range e.Routes {
		parts = append(parts, e.Routes[i].String())
	}
	for _, g := range e.Gaps {
		parts = append(parts, "gap: "+g.Object+" "+g.Reason)
	}
	return strings.Join(parts, "\n")
}

func wantOutcome(t *testing.T, e topology.Exposure, want ...string) {
	t.Helper()
	if diff := cmp.Diff(strings.Join(want, "\n"), outcome(e)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func clusterIP(s *corev1.Service) { s.Spec.Type = corev1.ServiceTypeClusterIP }

// unread puts an object that could not be decoded among those of its kind; text is its spec.
func (c *crds) unread(kind, namespace, name, text string) {
	c.t.Helper()
	o := &topology.Unreadable{Reason: "no number", Text: text}
	o.Namespace, o.Name = namespace, name
	for _, k := range topology.Optionals() {
		if k.Name() == kind {
			c.objects[kind+namespace] = append(c.objects[kind+namespace], o)
			return
		}
	}
	c.t.Fatalf("no optional kind: %s", kind)
}
