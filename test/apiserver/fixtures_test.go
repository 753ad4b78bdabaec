package apiserver

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/rollguard/rollguard/test/fixtures"
)

// The golden cases that the core and the command line answer, stored by a real API
// server. Each gets a namespace and IngressClasses of its own.
func TestTheAPIServerStoresWhatEachFixtureSays(t *testing.T) {
	for i, c := range fixtures.Load(t) {
		if c.Options.KubeVersion != "" || c.Options.AssumeExposure == "none" {
			continue // another API server, another configuration: the core's driver runs these
		}
		t.Run(c.Name, func(t *testing.T) {
			f := &fixture{t: t, c: &c, namespace: fmt.Sprintf("fixture-%d", i), suffix: fmt.Sprintf("-%d", i)}
			f.surround()
			f.check()
		})
	}
}

// fixture is one case on its way through the API server.
type fixture struct {
	t                 *testing.T
	c                 *fixtures.Case
	namespace, suffix string
}

// surround creates everything but the Deployments.
func (f *fixture) surround() {
	f.t.Helper()
	for _, d := range f.c.Documents {
		if d.Kind != "Deployment" {
			f.kubectl(f.moved(d), "create", "-f", "-")
		}
	}
	f.t.Cleanup(func() {
		for _, d := range f.c.Of("IngressClass") {
			name := d.Name + f.suffix
			if err := world.clients.NetworkingV1().IngressClasses().Delete(context.WithoutCancel(f.t.Context()), name, metav1.DeleteOptions{}); err != nil {
				f.t.Errorf("IngressClass %s: %v", name, err)
			}
		}
	})
}

// moved is a document in the case's own namespace, with IngressClasses of its own.
func (f *fixture) moved(d fixtures.Document) string {
	f.t.Helper()
	var object unstructured.Unstructured
	if err := object.UnmarshalJSON(d.JSON); err != nil {
		f.t.Fatal(err)
	}
	switch d.Kind {
	case "Namespace":
		object.SetName(f.namespace)
	case "IngressClass":
		object.SetName(d.Name + f.suffix)
	case "IngressClassParams", "GatewayClass": // cluster-scoped, and named by one case only
	case "Ingress":
		if class, ok, _ := unstructured.NestedString(object.Object, "spec", "ingressClassName"); ok {
			if err := unstructured.SetNestedField(object.Object, class+f.suffix, "spec", "ingressClassName"); err != nil {
				f.t.Fatal(err)
			}
		}
		object.SetNamespace(f.namespace)
	default:
		object.SetNamespace(f.namespace)
	}
	raw, err := json.Marshal(&object)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(raw)
}

// check creates the Deployments. The webhook's caches may be a moment behind what was
// created just before, so dry runs come first, until they give what is wanted.
func (f *fixture) check() {
	f.t.Helper()
	_ = wait.PollUntilContextTimeout(f.t.Context(), 20*time.Millisecond, 3*time.Second, true, func(context.Context) (bool, error) {
		return f.c.Holds(f.t, f.create("--dry-run=server")), nil
	})
	f.c.Check(f.t, f.create())
}

func (f *fixture) create(flags ...string) map[string][]byte {
	f.t.Helper()
	got := map[string][]byte{}
	for _, d := range f.c.Of("Deployment") {
		got[d.Name] = []byte(f.kubectl(f.moved(d), append([]string{"create", "-o", "json", "-f", "-"}, flags...)...))
	}
	return got
}

func (f *fixture) kubectl(stdin string, args ...string) string {
	f.t.Helper()
	s := &shop{t: f.t, name: f.namespace}
	return strings.TrimSpace(s.kubectl(stdin, args...).Stdout)
}
