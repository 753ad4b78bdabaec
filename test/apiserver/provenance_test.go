package apiserver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/test/install"
)

// explicit is a Deployment whose author wrote a maxUnavailable.
func (s *shop) explicit(unavailable string) string {
	return strings.Replace(s.bare(), "  replicas: 8\n",
		"  replicas: 8\n  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: "+unavailable+"}}\n", 1)
}

// The provenance table of the design, row by row: what each way to write leaves behind
// decides whether a value that equals the API default counts as its author's.
func TestWhoWroteAValueIsToldByEachWayToWrite(t *testing.T) {
	for name, tc := range map[string]struct {
		write func(*shop, string)
		// told says that the way leaves exact evidence.
		told bool
	}{
		"kubectl apply":               {func(s *shop, m string) { s.kubectl(m, "apply", "-f", "-") }, true},
		"kubectl apply --server-side": {func(s *shop, m string) { s.kubectl(m, "apply", "--server-side", "-f", "-") }, true},
		"kubectl create":              {func(s *shop, m string) { s.kubectl(m, "create", "-f", "-") }, false},
		"client-go create":            {writeByClient, false},
		"helm install, server-side":   {helm("--server-side=true"), true},
		"helm install, client-side":   {helm("--server-side=false"), false},
		"kubectl replace":             {replaceAll, false},
		"client-go update":            {func(s *shop, m string) { writeByClient(s, s.bare()); writeByClient(s, m) }, false},
	} {
		t.Run(name+", the API default written out", func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			tc.write(s, s.explicit("25%"))
			want := "0"
			if tc.told {
				want = "25%" // fill never changes what an author is known to have written
			}
			if got := guardedOf(s.get()).MaxUnavailable; got != want {
				t.Errorf("maxUnavailable %s, want %s", got, want)
			}
		})
		t.Run(name+", another value", func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			tc.write(s, s.explicit("1"))
			if got := guardedOf(s.get()).MaxUnavailable; got != "1" {
				t.Errorf("maxUnavailable %s, which its author wrote as 1", got)
			}
		})
		t.Run(name+", nothing", func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			tc.write(s, s.bare())
			expect(t, s.get(), byContract())
		})
		t.Run(name+", the API default protected by keep", func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			tc.write(s, strings.Replace(s.explicit("25%"), "metadata:\n", "metadata:\n  annotations: {rollguard.io/keep: strategy}\n", 1))
			if got := guardedOf(s.get()).MaxUnavailable; got != "25%" {
				t.Errorf("maxUnavailable %s, though keep names the strategy", got)
			}
		})
	}
}

func replaceAll(s *shop, manifest string) {
	s.t.Helper()
	s.kubectl(s.bare(), "create", "-f", "-")
	s.kubectl(manifest, "replace", "-f", "-")
}

// A value that differs from ours and from the default is its author's, however it
// came.
func TestAnEditedValueIsKept(t *testing.T) {
	for name, edit := range map[string]func(*shop){
		"a json patch": func(s *shop) {
			s.kubectl("", "patch", "deployment", "web", "-n", s.name, "--type=json", "-p", `[{"op":"replace","path":"/spec/strategy/rollingUpdate/maxUnavailable","value":1}]`)
		},
		"a merge patch": func(s *shop) {
			s.kubectl("", "patch", "deployment", "web", "-n", s.name, "--type=merge", "-p", `{"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":1}}}}`)
		},
		"a strategic merge patch": func(s *shop) {
			s.kubectl("", "patch", "deployment", "web", "-n", s.name, "-p", `{"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":1}}}}`)
		},
		"kubectl edit": editUnavailable,
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			s.kubectl(s.bare(), "create", "-f", "-")
			before := s.get()
			edit(s)
			s.sameTemplate(before, name)
			if got := guardedOf(s.get()).MaxUnavailable; got != "1" {
				t.Errorf("maxUnavailable %s after %s set it to 1", got, name)
			}
			s.kubectl("", "set", "image", "deployment/web", "-n", s.name, "app=registry.example/web:2")
			if got := guardedOf(s.get()).MaxUnavailable; got != "1" {
				t.Errorf("maxUnavailable %s after the next rollout", got)
			}
		})
	}
}

func editUnavailable(s *shop) {
	s.t.Helper()
	editor := filepath.Join(s.t.TempDir(), "editor")
	script := "#!/bin/sh\nsed -i 's/maxUnavailable: 0/maxUnavailable: 1/' \"$1\"\n"
	if err := os.WriteFile(editor, []byte(script), 0o700); err != nil {
		s.t.Fatal(err)
	}
	s.t.Setenv("KUBE_EDITOR", editor)
	s.kubectl("", "edit", "deployment", "web", "-n", s.name)
}

// helm installs a chart with one template, or upgrades it.
func helm(flags ...string) func(*shop, string) {
	return func(s *shop, manifest string) {
		s.t.Helper()
		chart := s.t.TempDir()
		files := map[string]string{
			"Chart.yaml":         "apiVersion: v2\nname: web\nversion: 1.0.0\n",
			"templates/web.yaml": manifest,
		}
		if err := os.Mkdir(filepath.Join(chart, "templates"), 0o700); err != nil {
			s.t.Fatal(err)
		}
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(chart, name), []byte(text), 0o600); err != nil {
				s.t.Fatal(err)
			}
		}
		args := append([]string{"upgrade", "--install", "web", chart, "-n", s.name}, flags...)
		if _, err := install.Helm(s.t.Context(), world.plane, args...); err != nil {
			s.t.Fatal(err)
		}
	}
}

func TestHelmUpgradesKeepWhatRollguardAdded(t *testing.T) {
	for _, method := range []string{"--server-side=true", "--server-side=false"} {
		t.Run(method, func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			write := helm(method)
			write(s, s.bare())
			before := s.get()
			write(s, s.bare())
			after := s.sameTemplate(before, "helm upgrade of the same chart")
			if before.Generation != after.Generation {
				t.Errorf("the same chart again made generation %d of %d", after.Generation, before.Generation)
			}
			write(s, strings.Replace(s.bare(), "web:1", "web:2", 1))
			expect(t, s.get(), byContract())
		})
	}
}
