package apiserver

import (
	"context"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The Ingress of a shop again, with targets of a type.
const lateIngress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: NAMESPACE
  annotations: {alb.ingress.kubernetes.io/target-type: TYPE}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: web, port: {name: http}}}
`

// helmShop is a shop as Helm makes it: Service and Deployment are there, and the webhook
// completed the Deployment for what it could see. The Ingress follows.
func helmShop(t *testing.T, annotations string) *shop {
	t.Helper()
	s := newShop(t, enabled, annotations)
	s.kubectl("", "delete", "ingress", "web", "-n", s.name)
	probe := strings.Replace(s.bare(), "name: web", "name: probe", 1)
	eventually(t, "the webhook sees that the Ingress is gone", func(context.Context) bool {
		out := s.kubectl(probe, "create", "--dry-run=server", "-o", "yaml", "-f", "-")
		return strings.Contains(out.Stdout, "rollguard.io/injected") && !strings.Contains(out.Stdout, "minReadySeconds: 25")
	})
	s.kubectl(s.bare(), "apply", "-f", "-")
	return s
}

func (s *shop) ingress(targetType string) {
	s.t.Helper()
	// Targets of type instance need node ports.
	s.kubectl("", "patch", "service", "web", "-n", s.name, "-p", `{"spec":{"type":"NodePort"}}`)
	s.kubectl(strings.NewReplacer("NAMESPACE", s.name, "TYPE", targetType).Replace(lateIngress), "apply", "-f", "-")
}

// events are those of the posture loop about one Deployment.
func (s *shop) events(ctx context.Context, name, reason string) []eventsv1.Event {
	s.t.Helper()
	list, err := world.clients.EventsV1().Events(s.name).List(ctx, metav1.ListOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	var out []eventsv1.Event
	for _, e := range list.Items {
		if e.Regarding.Name == name && e.Reason == reason {
			out = append(out, e)
		}
	}
	return out
}

func (s *shop) reported(name, reason string, words ...string) {
	s.t.Helper()
	var last []eventsv1.Event
	eventually(s.t, "an Event "+reason+" on Deployment "+name, func(ctx context.Context) bool {
		last = s.events(ctx, name, reason)
		return len(last) > 0
	})
	for _, word := range words {
		if !strings.Contains(last[0].Note, word) {
			s.t.Errorf("the Event does not say %q: %s", word, last[0].Note)
		}
	}
}

// reportedOnce fails unless there is one Event about Deployment web that something is
// missing, and it ends so.
func (s *shop) reportedOnce(words string) {
	s.t.Helper()
	found := s.events(s.t.Context(), "web", "RollguardUnguarded")
	if len(found) != 1 || !strings.Contains(found[0].Note, words) {
		s.t.Errorf("reported %d times, want once: %s", len(found), words)
	}
	for _, e := range found {
		s.t.Log(e.Note)
	}
}

// mayRepair gives Rollguard the right that only some namespaces give.
func (s *shop) mayRepair() {
	s.t.Helper()
	s.kubectl("", "create", "rolebinding", "rollguard-repair", "-n", s.name, "--clusterrole=rollguard-repair", "--serviceaccount=rollguard:rollguard")
}

// rolledOut makes the status say that the last rollout is over: no controller runs here.
func (s *shop) rolledOut(name string) {
	s.t.Helper()
	deployments := world.clients.AppsV1().Deployments(s.name)
	d, err := deployments.Get(s.t.Context(), name, metav1.GetOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	n := *d.Spec.Replicas
	d.Status = appsv1.DeploymentStatus{ObservedGeneration: d.Generation, Replicas: n, UpdatedReplicas: n, ReadyReplicas: n, AvailableReplicas: n}
	if _, err := deployments.UpdateStatus(s.t.Context(), d, metav1.UpdateOptions{}); err != nil {
		s.t.Fatal(err)
	}
}

// looked returns when the namespace was looked at once more: what is late about a
// further Deployment was found.
func (s *shop) looked(name string) {
	s.t.Helper()
	m := strings.NewReplacer("name: web\n  namespace", "name: "+name+"\n  namespace", "{app: web}", "{app: "+name+"}", "ports: [{name: http, containerPort: 8080}]", "").Replace(s.bare())
	s.kubectl(m, "apply", "-f", "-")
	s.kubectl("", "create", "service", "clusterip", name, "-n", s.name, "--tcp=80:8080")
	s.reported(name, "RollguardUnguarded")
}

func TestTheOrderThatHelmUsesIsReportedAndChangesNothingUnasked(t *testing.T) {
	s := helmShop(t, annotations)
	before := s.get()
	s.ingress("ip")
	s.reported("web", "RollguardUnguarded", "ALB Ingress "+s.name+"/web (ip targets)", "minReadySeconds")
	s.looked("other")
	if after := s.get(); after.Generation != before.Generation || after.ResourceVersion != before.ResourceVersion {
		t.Errorf("the Deployment was written: generation %d, was %d", after.Generation, before.Generation)
	}
	if n := len(s.events(t.Context(), "web", "RollguardUnguarded")); n != 1 {
		t.Errorf("reported %d times", n)
	}
}

func TestTheStrategyOfALateIngressIsRepairedWhereAsked(t *testing.T) {
	s := helmShop(t, annotations+"\n    rollguard.io/repair: strategy")
	s.mayRepair()
	before := s.get()
	s.ingress("instance") // asks for a longer sleep, too
	s.reported("web", "RollguardUnguarded", "instance targets", "preStop sleep of")
	s.ingress("ip")
	eventually(t, "minReadySeconds is repaired", func(context.Context) bool { return s.get().Spec.MinReadySeconds == 25 })
	s.reported("web", "RollguardRepaired", "starts no rollout")
	after := s.sameTemplate(before, "the repair of the strategy")
	for _, m := range after.ManagedFields {
		if m.Manager == "rollguard-posture" && strings.Contains(m.FieldsV1.String(), "minReadySeconds") {
			t.Errorf("the repaired field has a manager, so its author would meet a conflict: %s", m.FieldsV1)
		}
	}
	s.kubectl(strings.Replace(s.bare(), "  replicas: 8\n", "  replicas: 8\n  minReadySeconds: 3\n", 1), "apply", "--server-side", "--field-manager=author", "--force-conflicts", "-f", "-")
	if got := s.get().Spec.MinReadySeconds; got != 3 {
		t.Errorf("its author cannot set minReadySeconds afterwards: %d", got)
	}
}

func TestATemplateIsRolledOnlyWhereAskedAndOnlyWhenTheLastRolloutIsOver(t *testing.T) {
	for name, tc := range map[string]struct {
		repair string
		rolls  bool
	}{
		"where only the strategy is asked for": {"strategy", false},
		"where rollouts are asked for":         {"rollout", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := helmShop(t, annotations+"\n    rollguard.io/repair: "+tc.repair)
			s.mayRepair()
			before := s.get()
			s.ingress("instance")
			s.reported("web", "RollguardUnguarded", "preStop sleep of")
			s.looked("other")
			s.sameTemplate(before, "a look at a Deployment that is still rolling")
			s.rolledOut("web")
			s.kubectl("", "annotate", "ingress", "web", "-n", s.name, "test.example/look=again")
			if !tc.rolls {
				s.looked("third")
				s.sameTemplate(before, "a late Ingress where only the strategy is asked for")
				s.reportedOnce("The next rollout adds it; kubectl rollout restart starts one.")
				return
			}
			eventually(t, "the template is completed", func(context.Context) bool {
				return guardedOf(s.get()).Lifecycle.PreStop.Sleep.Seconds == 40
			})
			s.reported("web", "RollguardRepaired", "starts a rollout")
			after := s.get()
			if got := guardedOf(after); got.Grace != 50 {
				t.Errorf("grace period %d", got.Grace)
			}
			s.kubectl(s.bare(), "apply", "-f", "-") // settled: the author's manifest changes nothing
			s.sameTemplate(after, "the author's manifest after the repair")
			s.looked("third")
			s.reportedOnce("Rollguard adds it by itself and starts the rollout, as the namespace asks")
		})
	}
}

func TestOneDeploymentOfANamespaceIsRolledAfterTheOther(t *testing.T) {
	s := newShop(t, "{}", " {rollguard.io/repair: rollout}")
	s.mayRepair()
	second := strings.Replace(s.bare(), "name: web\n", "name: web-2\n", 1)
	s.kubectl(s.bare()+"---"+second, "apply", "-f", "-")
	s.rolledOut("web")
	s.rolledOut("web-2")
	s.label()
	rolled := func(ctx context.Context) (names []string) {
		list, err := world.clients.AppsV1().Deployments(s.name).List(ctx, metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range list.Items {
			if guardedOf(&list.Items[i]).Lifecycle != nil {
				names = append(names, list.Items[i].Name)
			}
		}
		return names
	}
	// Writing the strategy moves the generation, which the status must follow.
	for _, name := range []string{"web", "web-2"} {
		eventually(t, "the strategy of "+name+" is repaired", func(ctx context.Context) bool {
			d, err := world.clients.AppsV1().Deployments(s.name).Get(ctx, name, metav1.GetOptions{})
			return err == nil && d.Spec.Strategy.RollingUpdate.MaxUnavailable.String() == "0"
		})
		s.rolledOut(name)
	}
	s.kubectl("", "annotate", "ingress", "web", "-n", s.name, "test.example/look=again")
	eventually(t, "one is rolled", func(ctx context.Context) bool { return len(rolled(ctx)) == 1 })
	first := rolled(t.Context())[0]
	s.looked("other")
	if both := rolled(t.Context()); len(both) != 1 {
		t.Fatalf("%v were rolled while %s was not done", both, first)
	}
	s.rolledOut(first)
	s.kubectl("", "annotate", "ingress", "web", "-n", s.name, "--overwrite", "test.example/look=once-more")
	eventually(t, "both are rolled", func(ctx context.Context) bool { return len(rolled(ctx)) == 2 })
	s.reportedOnce("Rollguard adds it by itself and starts the rollout, as the namespace asks")
}

func TestAPausedDeploymentIsNotRolled(t *testing.T) {
	s := newShop(t, "{}", " {rollguard.io/repair: rollout}")
	s.mayRepair()
	s.kubectl(strings.Replace(s.bare(), "  replicas: 8\n", "  replicas: 8\n  paused: true\n", 1), "apply", "-f", "-")
	before := s.get()
	s.label()
	eventually(t, "the strategy is repaired", func(context.Context) bool { return guardedOf(s.get()).MaxUnavailable == "0" })
	s.rolledOut("web")
	s.looked("other")
	s.sameTemplate(before, "a look at a paused Deployment")
}

func TestALateServiceIsReported(t *testing.T) {
	s := newShop(t, enabled, " {}")
	s.looked("late")
}

func TestALateLabelIsReportedAndRepairedAsAsked(t *testing.T) {
	s := newShop(t, "{}", " {rollguard.io/repair: strategy}")
	s.mayRepair()
	s.kubectl(s.bare(), "apply", "-f", "-")
	before := s.get()
	s.label()
	s.reported("web", "RollguardUnguarded", "maxUnavailable 0 (is 25%)", "minReadySeconds 25 (is 0)")
	eventually(t, "the strategy is repaired", func(context.Context) bool {
		got := guardedOf(s.get())
		return got.MaxUnavailable == "0" && got.MinReady == 25
	})
	s.sameTemplate(before, "the repair after a late label")
	s.reported("web", "RollguardRepaired", "starts no rollout")
	s.looked("other")
	s.reportedOnce(". Rollguard adds maxUnavailable, minReadySeconds by itself, as the namespace asks; the next rollout adds the rest")
}

func TestARepairWithoutTheRightToIsSaid(t *testing.T) {
	s := newShop(t, "{}", " {rollguard.io/repair: strategy}")
	s.kubectl(s.bare(), "apply", "-f", "-")
	before := s.get()
	s.label()
	s.reported("web", "RollguardRepairFailed", "bind ClusterRole rollguard-repair")
	if s.get().ResourceVersion != before.ResourceVersion {
		t.Error("the Deployment was written without the right to")
	}
}

func TestTheGaugeCountsDeploymentsByState(t *testing.T) {
	s := newShop(t, "{}", " {}")
	s.kubectl(s.bare(), "apply", "-f", "-")
	before := metric(t, `rollguard_deployments{exposure="alb-ip",state="unguarded"}`)
	s.label()
	eventually(t, "one more is unguarded", func(context.Context) bool {
		return metric(t, `rollguard_deployments{exposure="alb-ip",state="unguarded"}`) == before+1
	})
	s.kubectl("", "label", "namespace", s.name, "rollguard.io/inject-")
	eventually(t, "it is not counted in a namespace that is not enabled", func(context.Context) bool {
		return metric(t, `rollguard_deployments{exposure="alb-ip",state="unguarded"}`) == before
	})
	if metric(t, `rollguard_self_probe_status{status="ok"}`) != 1 {
		t.Error("the self-probe does not find all well")
	}
}
