package apiserver

import (
	"strings"
	"testing"
)

const ownProbe = "readinessProbe: {tcpSocket: {port: 8080}}"

// An apply merges what an author adds with what Rollguard had added, as nobody owns
// that. Two handlers in one probe or hook are refused by validation.
func TestAnAuthorsOwnProbeAndHookReplaceOurs(t *testing.T) {
	for name, apply := range map[string][]string{
		"kubectl apply":               {"apply", "-f", "-"},
		"kubectl apply --server-side": {"apply", "--server-side", "-f", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			s.kubectl(s.bare(), apply...)
			expect(t, s.get(), byContract())
			s.kubectl(s.deployment("", ownProbe+`
        lifecycle: {preStop: {exec: {command: [sleep, "30"]}}}`), apply...)
			c := s.get().Spec.Template.Spec.Containers[0]
			if p := c.ReadinessProbe; p.HTTPGet != nil || p.TCPSocket == nil || p.PeriodSeconds != 10 || p.SuccessThreshold != 1 {
				t.Errorf("the readiness probe is not the author's alone, with the API's defaults: %+v", p)
			}
			if h := c.Lifecycle.PreStop; h.Sleep != nil || h.Exec == nil {
				t.Errorf("the preStop hook is not the author's alone: %+v", h)
			}
			if c.StartupProbe == nil || c.StartupProbe.HTTPGet == nil {
				t.Errorf("the startup probe, which the author did not write, is gone: %+v", c.StartupProbe)
			}
		})
	}
}

func TestTimingsOfOursDoNotStayInAProbeOfTheSameKind(t *testing.T) {
	s := newShop(t, enabled, annotations)
	s.kubectl(s.bare(), "apply", "-f", "-")
	s.kubectl(s.deployment("", "readinessProbe: {httpGet: {path: /mine, port: 8080}, failureThreshold: 7}"), "apply", "-f", "-")
	p := s.get().Spec.Template.Spec.Containers[0].ReadinessProbe
	if p.HTTPGet.Path != "/mine" || p.PeriodSeconds != 10 || p.SuccessThreshold != 1 || p.FailureThreshold != 7 {
		t.Errorf("got %+v, want the author's path and threshold and else the API's defaults", p)
	}
}

func TestChangingTheTypeToRecreateIsNotRefused(t *testing.T) {
	for name, apply := range map[string][]string{
		"kubectl apply":               {"apply", "-f", "-"},
		"kubectl apply --server-side": {"apply", "--server-side", "-f", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			s.kubectl(s.bare(), apply...)
			recreate := strings.Replace(s.bare(), "  replicas: 8\n", "  replicas: 8\n  strategy: {type: Recreate}\n", 1)
			s.kubectl(recreate, apply...)
			if d := s.get(); d.Spec.Strategy.Type != "Recreate" || d.Spec.Strategy.RollingUpdate != nil {
				t.Errorf("strategy %+v", d.Spec.Strategy)
			}
		})
	}
}

func TestRolloutUndoBringsBackAnOlderRecordAndIsSurvived(t *testing.T) {
	s := newShop(t, enabled, annotations)
	s.kubectl(s.bare(), "apply", "-f", "-")
	before := s.get()
	// What the Deployment controller would keep of the first revision.
	s.replicaSet(before, 1)
	s.kubectl("", "annotate", "namespace", s.name, "rollguard.io/pre-stop-sleep=40s")
	s.waitForPolicy("seconds: 40")
	s.kubectl("", "set", "image", "deployment/web", "-n", s.name, "app=registry.example/web:2")
	s.replicaSet(s.get(), 2)
	s.kubectl("", "rollout", "undo", "deployment", "web", "-n", s.name, "--to-revision=1")
	got := s.get()
	if image := got.Spec.Template.Spec.Containers[0].Image; image != "registry.example/web:1" {
		t.Fatalf("image %s: the undo did not happen", image)
	}
	if g := guardedOf(got); g.Lifecycle.PreStop.Sleep.Seconds != 40 || g.Grace != 50 {
		t.Errorf("sleep %d, grace %d; the policy of today asks for 40 and 50", g.Lifecycle.PreStop.Sleep.Seconds, g.Grace)
	}
}

func TestAForgedOrCorruptRecordIsSurvived(t *testing.T) {
	for name, record := range map[string]string{
		"corrupt":              "{",
		"a list":               "[1,2]",
		"forged":               `{"spec.replicas":8,"spec.template.spec.containers[app].image":"registry.example/web:1","spec.minReadySeconds":"x"}`,
		"of another container": `{"spec.template.spec.containers[other].readinessProbe":{"tcpSocket":{"port":1}}}`,
		"empty":                "",
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			s.kubectl(s.bare(), "apply", "-f", "-")
			before := s.get()
			s.kubectl("", "annotate", "deployment", "web", "-n", s.name, "--overwrite", "rollguard.io/injected="+record)
			s.sameTemplate(before, "a "+name+" record")
			s.kubectl("", "set", "image", "deployment/web", "-n", s.name, "app=registry.example/web:2")
			expect(t, s.get(), byContract())
		})
	}
}

func TestOptingOutTakesBackWhatWasAddedAtTheNextRollout(t *testing.T) {
	s := newShop(t, enabled, annotations)
	s.kubectl(s.bare(), "apply", "-f", "-")
	before := s.get()
	s.kubectl("", "label", "deployment", "web", "-n", s.name, "rollguard.io/inject=disabled")
	s.sameTemplate(before, "opting out")
	// Shorter than our sleep: validation would refuse this, were the sleep still there.
	s.kubectl("", "patch", "deployment", "web", "-n", s.name, "-p", `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":10}}}}`)
	want := untouched()
	want.Grace = 10
	expect(t, s.get(), want)
	if record, there := s.get().Annotations["rollguard.io/injected"]; there {
		t.Errorf("the record is still there: %s", record)
	}
}

func TestAProbeThatTheAuthorEditsIsHisFromThenOn(t *testing.T) {
	s := newShop(t, enabled, annotations)
	s.kubectl(s.bare(), "apply", "-f", "-")
	s.kubectl("", "patch", "deployment", "web", "-n", s.name, "--type=json", "-p",
		`[{"op":"replace","path":"/spec/template/spec/containers/0/readinessProbe/httpGet/path","value":"/edited"}]`)
	s.kubectl("", "annotate", "namespace", s.name, "rollguard.io/readiness-path=/policy", "--overwrite")
	s.waitForPolicy("path: /policy")
	s.kubectl("", "set", "image", "deployment/web", "-n", s.name, "app=registry.example/web:2")
	want := byContract()
	want.Readiness.HTTPGet.Path = "/edited"
	expect(t, s.get(), want)
}

func TestAnUndoOfAnOptedOutDeploymentTakesBackTheRest(t *testing.T) {
	s := newShop(t, "{}", annotations)
	s.kubectl(s.bare(), "apply", "-f", "-")
	s.replicaSet(s.get(), 1) // of before Rollguard
	s.label()
	s.waitForPolicy("preStop:")
	s.kubectl("", "set", "image", "deployment/web", "-n", s.name, "app=registry.example/web:2")
	expect(t, s.get(), byContract())
	s.replicaSet(s.get(), 2)
	s.kubectl("", "label", "deployment", "web", "-n", s.name, "rollguard.io/inject=disabled")
	s.kubectl("", "rollout", "undo", "deployment", "web", "-n", s.name, "--to-revision=1")
	expect(t, s.get(), untouched())
	// Shorter than our minReadySeconds: validation would refuse this, were that still there.
	s.kubectl("", "patch", "deployment", "web", "-n", s.name, "-p", `{"spec":{"progressDeadlineSeconds":21}}`)
}
