package apiserver

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/test/install"
)

// Each change is one that Kubernetes takes of a Deployment that Rollguard never saw. On
// an admitted one it must be taken too, whatever was switched on or off in between:
// what is ours gives way.
func TestNothingThatKubernetesTakesIsRefused(t *testing.T) {
	const all = "strategy,startup-probe,readiness-probe,pre-stop,grace-period,min-ready,progress-deadline"
	before := map[string]func(*shop){
		"nothing": func(*shop) {},
		"audit":   func(s *shop) { s.kubectl("", "annotate", "deployment", "web", "-n", s.name, "rollguard.io/mode=audit") },
		"enforce": func(s *shop) {
			s.kubectl("", "annotate", "deployment", "web", "-n", s.name, "rollguard.io/mode=enforce")
		},
		"keep": func(s *shop) { s.kubectl("", "annotate", "deployment", "web", "-n", s.name, "rollguard.io/keep="+all) },
		"opted out": func(s *shop) {
			s.kubectl("", "label", "deployment", "web", "-n", s.name, "rollguard.io/inject=disabled")
		},
		"no traffic": func(s *shop) {
			s.kubectl("", "annotate", "deployment", "web", "-n", s.name, "rollguard.io/exposure=none")
		},
	}
	changes := map[string]string{
		"a short grace period": `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":5}}}}`,
		"a short deadline":     `{"spec":{"progressDeadlineSeconds":10}}`,
		"no surge":             `{"spec":{"strategy":{"rollingUpdate":{"maxSurge":0}}}}`,
		"a hook of his own":    `{"spec":{"template":{"spec":{"containers":[{"name":"app","lifecycle":{"preStop":{"exec":{"command":["x"]}}}}]}}}}`,
		"a probe of his own":   `{"spec":{"template":{"spec":{"containers":[{"name":"app","startupProbe":{"exec":{"command":["x"]}}}]}}}}`,
	}
	for name, prepare := range before {
		t.Run(name, func(t *testing.T) {
			for what, change := range changes {
				s := newShop(t, enabled, annotations)
				s.kubectl(s.bare(), "apply", "-f", "-")
				prepare(s)
				_, err := install.Kubectl(t.Context(), world.plane, nil, "patch", "deployment", "web", "-n", s.name, "-p", change)
				if err != nil {
					t.Errorf("%s is refused: %v", what, err)
				}
			}
		})
	}
}

// A manifest that Rollguard rendered and its author committed, applied again and again
// while what leads to the Pods comes and goes.
func TestACommittedRenderedManifestIsAppliedInPeace(t *testing.T) {
	s := newShop(t, enabled, annotations)
	s.kubectl(s.bare(), "apply", "--server-side", "-f", "-")
	rendered := s.kubectl("", "get", "deployment", "web", "-n", s.name, "-o", "yaml", "--show-managed-fields=false").Stdout
	rendered = withoutServerFields(rendered)
	s.kubectl(rendered, "apply", "--server-side", "--force-conflicts", "-f", "-")
	s.kubectl("", "annotate", "namespace", s.name, "rollguard.io/exposure=none")
	other := strings.Replace(s.bare(), "name: web", "name: other", 1)
	eventually(t, "the webhook sees that nothing leads here any more", func(context.Context) bool {
		return !strings.Contains(s.kubectl(other, "create", "--dry-run=server", "-o", "yaml", "-f", "-").Stdout, "preStop:")
	})
	next := strings.Replace(rendered, "web:1", "web:2", 1)
	s.kubectl(next, "apply", "--server-side", "--force-conflicts", "-f", "-")
	first := s.get()
	if first.Spec.Template.Spec.Containers[0].Lifecycle == nil {
		t.Error("what the manifest states is gone")
	}
	s.kubectl(next, "apply", "--server-side", "--force-conflicts", "-f", "-")
	s.sameTemplate(first, "the committed manifest again")
}

// A manifest that was exported from the cluster states all that is in it, also for a
// Deployment that opts out.
func TestAnExportedManifestKeepsWhatItStatesWhenItOptsOut(t *testing.T) {
	for _, manner := range [][]string{{"apply"}, {"apply", "--server-side", "--force-conflicts"}} {
		s := newShop(t, enabled, annotations)
		s.kubectl(s.bare(), "create", "-f", "-")
		exported := withoutServerFields(s.kubectl("", "get", "deployment", "web", "-n", s.name, "-o", "yaml").Stdout)
		write := slices.Concat(manner, []string{"-f", "-"})
		s.kubectl(exported, write...)
		disabled := strings.Replace(strings.Replace(exported, "web:1", "web:2", 1), "\n  name: web\n", "\n  name: web\n  labels: {rollguard.io/inject: disabled}\n", 1)
		s.kubectl(disabled, write...)
		first := s.get()
		if c := first.Spec.Template.Spec.Containers[0]; c.Lifecycle == nil || c.ReadinessProbe == nil || first.Spec.MinReadySeconds == 0 {
			t.Errorf("%v: gone: %+v, minReadySeconds %d", manner, c, first.Spec.MinReadySeconds)
		}
		s.kubectl(disabled, write...)
		s.sameTemplate(first, "the exported manifest again")
	}
}

// withoutServerFields drops the lines of metadata that only an API server writes.
func withoutServerFields(manifest string) string {
	manifest, _, _ = strings.Cut(manifest, "\nstatus:")
	var out []string
	for _, l := range strings.Split(manifest, "\n") {
		switch field, _, _ := strings.Cut(strings.TrimSpace(l), ":"); field {
		case "uid", "resourceVersion", "generation", "creationTimestamp":
		default:
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}
