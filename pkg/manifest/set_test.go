package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/topology"
)

const (
	namespaceShop = "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {rollguard.io/inject: enabled}, annotations: {a: b}}}\n"
	serviceWeb    = "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}\n"
	deploymentWeb = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}\n"
)

func newSet(t *testing.T, text string, options Options) *Set {
	t.Helper()
	s := NewSet([]*File{read(t, text)}, options)
	for _, err := range s.Errors {
		t.Fatal(err)
	}
	return s
}

func TestStandings(t *testing.T) {
	in := func(namespace string) string {
		return "---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: " + namespace + "}}\n"
	}
	tests := map[string]struct {
		text    string
		options Options
		want    Standing
	}{
		"a labelled namespace is enabled":                  {deploymentWeb + "---\n" + namespaceShop, Options{}, Guarded},
		"a namespace elsewhere is not":                     {deploymentWeb, Options{}, NamespaceNotKnown},
		"a namespace elsewhere may be assumed to be":       {deploymentWeb, Options{AssumeEnabled: true}, Guarded},
		"a namespace without the label is not, ever":       {"{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n---\n" + deploymentWeb, Options{AssumeEnabled: true}, NamespaceNotEnabled},
		"kube-system is never":                             {in("kube-system"), Options{AssumeEnabled: true}, SystemNamespace},
		"one that is excluded is never":                    {in("shop"), Options{AssumeEnabled: true, Excluded: []string{"shop"}}, NamespaceExcluded},
		"kube-node-lease is never":                         {in("kube-node-lease"), Options{AssumeEnabled: true}, SystemNamespace},
		"a Deployment may opt out":                         {"{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {rollguard.io/inject: disabled}}}\n", Options{AssumeEnabled: true}, OptedOut},
		"a namespace's label counts before a Deployment's": {"{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {rollguard.io/inject: disabled}}}\n", Options{}, NamespaceNotKnown},
		"the default namespace can be named":               {"{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}\n---\n" + namespaceShop, Options{Namespace: "shop"}, Guarded},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSet(t, tt.text, tt.options)
			if len(s.Deployments) != 1 || s.Deployments[0].Standing != tt.want {
				t.Errorf("got %+v, want %s", s.Deployments, tt.want)
			}
		})
	}
}

func TestKindsOfDeployments(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"apps/v1 counts":                     {deploymentWeb, []string{"shop/web"}},
		"another group does not":             {"{apiVersion: x/v1, kind: Deployment, metadata: {name: web}}\n", nil},
		"an old version does not":            {"{apiVersion: apps/v1beta1, kind: Deployment, metadata: {name: web}}\n", nil},
		"items of a List do":                 {"{apiVersion: v1, kind: List, items: [" + deploymentWeb + "]}\n", []string{"shop/web"}},
		"items of a typed list need no kind": {"{apiVersion: apps/v1, kind: DeploymentList, items: [{metadata: {name: a}}, {metadata: {name: b}}]}\n", []string{"default/a", "default/b"}},
		"a generated name is a name":         {"{apiVersion: apps/v1, kind: Deployment, metadata: {generateName: web-}}\n", []string{"default/web-"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range newSet(t, tt.text, Options{}).Deployments {
				got = append(got, d.Key())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBadObjects(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"no YAML":             {"a: 1\n---\na: [\n", "f.yaml, document 2 (line 3): yaml: line 3: did not find expected node content"},
		"a tab":               {"a:\n\tb: 1\n", "f.yaml, document 1 (line 1): yaml: line 2: found character that cannot start any token"},
		"no object":           {"- a\n", "f.yaml, document 1 (line 1): not a Kubernetes object"},
		"no name":             {"{apiVersion: v1, kind: Service}\n", "f.yaml, document 1 (line 1): Service: field metadata.name is missing"},
		"a number for a name": {"{apiVersion: v1, kind: List, items: [{}, {apiVersion: v1, kind: Service, metadata: {name: 1}}]}\n", "f.yaml, document 1 (line 1): items[1]: Service: field metadata.name is a JSON number where a string is expected"},
		"a word for a port":   {"{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: x}]}}\n", "f.yaml, document 1 (line 1): Service default/web: field spec.ports.port is a text where a whole number is expected"},
		"a list for labels":   {"{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: []}}\n", "f.yaml, document 1 (line 1): Deployment default/web: field metadata.labels is a JSON array where an object is expected"},
		"a key that stands twice in YAML": {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  replicas: 2\n",
			"f.yaml, document 1 (line 1): Deployment default/web: line 6: the key \"replicas\" stands twice"},
		"a key that stands twice in JSON": {`{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 1, "replicas": 2}}`,
			`f.yaml, document 1 (line 1): Deployment default/web: duplicate field "spec.replicas"`},
		"a second object behind braces": {"{a: 1}\n{b: 2}\n", "f.yaml, document 1 (line 1): yaml: line 1: did not find expected <document start>"},
		"half a JSON object":            {"{\"a\": 1}\n{\"b\":\n", "f.yaml, document 1 (line 1): yaml: line 1: did not find expected <document start>"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := NewSet([]*File{read(t, tt.text)}, Options{})
			if len(s.Errors) != 1 || s.Errors[0].Error() != tt.want {
				t.Errorf("got %v, want %s", s.Errors, tt.want)
			}
		})
	}
}

func TestTheGraphSeesAllFiles(t *testing.T) {
	const (
		ingress = "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: shop}, spec: {ingressClassName: alb, defaultBackend: {service: {name: web, port: {number: 80}}}}}\n"
		class   = "{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: alb}, spec: {controller: ingress.k8s.aws/alb, parameters: {apiGroup: elbv2.k8s.aws, kind: IngressClassParams, name: alb}}}\n"
		params  = "{apiVersion: elbv2.k8s.aws/v1beta1, kind: IngressClassParams, metadata: {name: alb}, spec: {targetType: ip, namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}}\n"
	)
	files := []*File{read(t, ingress+"---\n"+class), read(t, params+"---\n"+serviceWeb)}
	pods := topology.Pods{Labels: map[string]string{"app": "web"}}
	s := NewSet(files, Options{})
	got := s.Graph("shop").Exposure(pods)
	if got.Kind != topology.ALBIP || len(got.Routes) != 1 || got.Routes[0].ContainerPort == nil || *got.Routes[0].ContainerPort != 80 {
		t.Errorf("got %+v", got)
	}
	if first, again := s.Graph("shop"), s.Graph("shop"); first != again {
		t.Error("the graph is built twice")
	}
	if other := s.Graph("other").Exposure(pods); other.Kind != topology.None {
		t.Errorf("another namespace has %+v", other)
	}
	if s.Annotations("shop") != nil {
		t.Error("annotations of a namespace that is not there")
	}
}

func TestTheLastOfTwoCounts(t *testing.T) {
	again := "{apiVersion: v1, kind: Namespace, metadata: {name: shop, annotations: {a: c}}}\n"
	s := newSet(t, namespaceShop+"---\n"+again, Options{})
	if got := s.Annotations("shop")["a"]; got != "c" {
		t.Errorf("got %q", got)
	}
	want := []string{"Namespace shop stands in f.yaml, document 1 (line 1) and again in f.yaml, document 2 (line 3); the last one counts"}
	if diff := cmp.Diff(want, s.Notes); diff != "" {
		t.Error(diff)
	}
}
