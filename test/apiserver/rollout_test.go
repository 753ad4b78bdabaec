package apiserver

import (
	"testing"
)

// harmless are writes that must start no rollout. Each is compared with what
// Kubernetes itself does to the same Deployment in a namespace without Rollguard.
func harmless() map[string]func(*shop) {
	return map[string]func(*shop){
		"kubectl label":         func(s *shop) { s.kubectl("", "label", "deployment", "web", "-n", s.name, "team=shop") },
		"kubectl annotate":      func(s *shop) { s.kubectl("", "annotate", "deployment", "web", "-n", s.name, "team=shop") },
		"kubectl scale":         func(s *shop) { s.kubectl("", "scale", "deployment", "web", "-n", s.name, "--replicas=9") },
		"kubectl rollout pause": func(s *shop) { s.kubectl("", "rollout", "pause", "deployment", "web", "-n", s.name) },
		"kubectl patch (replicas)": func(s *shop) {
			s.kubectl("", "patch", "deployment", "web", "-n", s.name, "-p", `{"spec":{"replicas":7}}`)
		},
	}
}

func TestHarmlessWritesStartNoRollout(t *testing.T) {
	for name, write := range harmless() {
		t.Run(name+" on an admitted Deployment", func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			s.kubectl(s.bare(), "apply", "-f", "-")
			movesLikeKubernetes(t, s, name, write)
			if got := guardedOf(s.get()); got.MaxUnavailable != "0" || got.Lifecycle == nil {
				t.Errorf("%s took away what Rollguard had added: %+v", name, got)
			}
		})
		t.Run(name+" on a never-admitted Deployment", func(t *testing.T) {
			s := newShop(t, "{}", annotations)
			s.kubectl(s.bare(), "apply", "-f", "-")
			s.label()
			movesLikeKubernetes(t, s, name, write)
		})
	}
}

// movesLikeKubernetes does the write with and without Rollguard and compares what
// became of the template and of the generation.
func movesLikeKubernetes(t *testing.T, s *shop, name string, write func(*shop)) {
	t.Helper()
	control := &shop{t: t, name: s.name + "-control"}
	control.kubectl("", "create", "namespace", control.name)
	control.kubectl(control.bare(), "apply", "-f", "-")
	plain := control.get()
	write(control)
	expected := control.get().Generation - plain.Generation

	before := s.get()
	write(s)
	after := s.sameTemplate(before, name)
	if moved := after.Generation - before.Generation; moved != expected {
		t.Errorf("%s moved the generation by %d, Kubernetes itself moves it by %d", name, moved, expected)
	}
}

func TestRolloutRestartCompletesANeverAdmittedDeployment(t *testing.T) {
	s := newShop(t, "{}", annotations)
	s.kubectl(s.bare(), "apply", "-f", "-")
	s.label()
	expect(t, s.get(), untouched())
	s.kubectl("", "rollout", "restart", "deployment", "web", "-n", s.name)
	expect(t, s.get(), byContract())
}

func TestAPausedDeploymentSaysThatItsTemplateWaits(t *testing.T) {
	s := newShop(t, "{}", annotations)
	s.kubectl(s.bare(), "apply", "-f", "-")
	s.label()
	s.kubectl("", "rollout", "pause", "deployment", "web", "-n", s.name)
	got := guardedOf(s.get())
	want := untouched()
	want.MaxUnavailable, want.MinReady = "0", 25 // these roll nothing
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestReplacingWithTheBareManifestRestoresTheTemplate(t *testing.T) {
	s := newShop(t, enabled, annotations)
	s.kubectl(s.bare(), "create", "-f", "-")
	before := s.get()
	s.kubectl("", "annotate", "namespace", s.name, "rollguard.io/pre-stop-sleep=40s") // a changed policy waits
	s.kubectl(s.bare(), "replace", "-f", "-")
	after := s.sameTemplate(before, "kubectl replace with the bare manifest")
	if before.Generation != after.Generation {
		t.Errorf("generation %d, was %d", after.Generation, before.Generation)
	}
}

func TestAnAuthorsChangeFollowsTheChangedPolicy(t *testing.T) {
	s := newShop(t, enabled, annotations)
	s.kubectl(s.bare(), "apply", "-f", "-")
	s.kubectl("", "annotate", "namespace", s.name, "rollguard.io/pre-stop-sleep=40s")
	s.waitForPolicy("seconds: 40")
	s.kubectl("", "set", "image", "deployment/web", "-n", s.name, "app=registry.example/web:2")
	got := guardedOf(s.get())
	if got.Lifecycle.PreStop.Sleep.Seconds != 40 || got.Grace != 50 {
		t.Errorf("sleep %d, grace %d; want 40 and 50", got.Lifecycle.PreStop.Sleep.Seconds, got.Grace)
	}
}
