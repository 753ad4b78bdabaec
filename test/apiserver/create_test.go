package apiserver

import (
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// ways are the ways to write a Deployment. Each takes a manifest and may be used
// again on a stored one.
func ways() map[string]func(*shop, string) {
	return map[string]func(*shop, string){
		"kubectl apply":               func(s *shop, m string) { s.kubectl(m, "apply", "-f", "-") },
		"kubectl apply --server-side": func(s *shop, m string) { s.kubectl(m, "apply", "--server-side", "-f", "-") },
		"kubectl create, then replace": func(s *shop, m string) {
			if s.exists() {
				s.kubectl(m, "replace", "-f", "-")
				return
			}
			s.kubectl(m, "create", "-f", "-")
		},
		"client-go create, then update": writeByClient,
	}
}

func (s *shop) exists() bool {
	list, err := world.clients.AppsV1().Deployments(s.name).List(s.t.Context(), metav1.ListOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	return len(list.Items) > 0
}

func writeByClient(s *shop, manifest string) {
	s.t.Helper()
	d := &appsv1.Deployment{}
	if err := yaml.UnmarshalStrict([]byte(manifest), d); err != nil {
		s.t.Fatal(err)
	}
	deployments := world.clients.AppsV1().Deployments(s.name)
	var err error
	if s.exists() {
		_, err = deployments.Update(s.t.Context(), d, metav1.UpdateOptions{})
	} else {
		_, err = deployments.Create(s.t.Context(), d, metav1.CreateOptions{})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestEachWayToCreateStoresExactlyTheContract(t *testing.T) {
	for name, write := range ways() {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			write(s, s.bare())
			expect(t, s.get(), byContract())
		})
	}
}

func TestWithoutAnnotationsTheDefaultsAreStored(t *testing.T) {
	s := newShop(t, enabled, " {}")
	s.kubectl(s.bare(), "apply", "-f", "-")
	expect(t, s.get(), byDefault())
}

func TestTheSameManifestAgainChangesNothing(t *testing.T) {
	for name, write := range ways() {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			write(s, s.bare())
			first := s.get()
			write(s, s.bare()) // another manager may now own fields: Kubernetes notes that
			before := s.sameTemplate(first, name)
			write(s, s.bare())
			after := s.sameTemplate(before, name)
			expect(t, after, byContract())
			if before.ResourceVersion != after.ResourceVersion {
				t.Errorf("%s again made resourceVersion %s of %s, though nothing changed", name, after.ResourceVersion, before.ResourceVersion)
			}
			if first.Generation != after.Generation {
				t.Errorf("%s again made generation %d of %d", name, after.Generation, first.Generation)
			}
		})
	}
}

func TestNamespaceAndDeploymentInOneManifest(t *testing.T) {
	s := newShop(t, enabled, annotations)
	// Everything new, in one go: the webhook's caches are a moment behind.
	fresh := &shop{t: t, name: s.name + "-x"}
	all := fmt.Sprintf(surroundings, fresh.name, enabled, annotations)
	fresh.kubectl(all+"---"+fresh.bare(), "apply", "-f", "-")
	if got := guardedOf(fresh.get()); got.MaxUnavailable != "0" || got.Lifecycle == nil {
		t.Errorf("a Deployment that came with its namespace was not completed: %+v", got)
	}
}

func TestANamespaceWithoutTheLabelIsUntouched(t *testing.T) {
	s := newShop(t, "{}", annotations)
	out := s.kubectl(s.bare(), "apply", "-f", "-")
	expect(t, s.get(), untouched())
	if len(out.Warnings()) > 0 {
		t.Errorf("warnings: %q", out.Warnings())
	}
}

func TestAnOptedOutDeploymentIsUntouched(t *testing.T) {
	s := newShop(t, enabled, annotations)
	s.kubectl(s.deployment("labels: {rollguard.io/inject: disabled}", ""), "apply", "-f", "-")
	expect(t, s.get(), untouched())
}

func TestTheWarningNamesTheChangesAndTheRoute(t *testing.T) {
	s := newShop(t, enabled, annotations)
	warnings := s.kubectl(s.bare(), "apply", "-f", "-").Warnings()
	if len(warnings) != 1 {
		t.Fatalf("warnings: %q, want one", warnings)
	}
	for _, part := range []string{"rollguard:", "Deployment " + s.name + "/web: ", "ALB Ingress web (ip targets)", "maxUnavailable 0", "preStop sleep 20s"} {
		if !strings.Contains(warnings[0], part) {
			t.Errorf("the warning does not say %q: %s", part, warnings[0])
		}
	}
}
