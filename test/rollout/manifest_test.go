package rollout

import (
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

func objects(t *testing.T, trial Trial) Objects {
	t.Helper()
	o, err := trial.Objects("elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestATrialWithoutASettingHasTheFilesOfItsArm(t *testing.T) {
	for _, arm := range Arms() {
		files, err := arm.Manifests()
		if err != nil {
			t.Fatal(err)
		}
		o := objects(t, Trial{Arm: arm.Name})
		for i, text := range [][]byte{o.Namespace, o.Exposure, o.Deployment} {
			if back := strings.ReplaceAll(string(text), "elsewhere", "shop"); back != string(files[i]) {
				t.Errorf("arm %s, file %d: it is not the file", arm.Name, i)
			}
			if strings.Contains(string(text), "shop") {
				t.Errorf("arm %s, file %d: it names the namespace of the file", arm.Name, i)
			}
		}
	}
}

func TestASettingChangesTheManifests(t *testing.T) {
	o := objects(t, Trial{Arm: "rollguard", Setting: Setting{
		Replicas: 2, Drains: true, Gate: true, StartUp: "5s", Health: [2]int{5, 2},
		Annotations: map[string]string{"min-ready": "", "profile": "careful"},
	}})
	var n corev1.Namespace
	var d appsv1.Deployment
	for text, into := range map[string]any{string(o.Namespace): &n, string(o.Deployment): &d} {
		if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := n.Annotations["rollguard.io/min-ready"]; ok || n.Annotations["rollguard.io/profile"] != "careful" || n.Labels[gateLabel] != "enabled" {
		t.Errorf("namespace %+v", n.ObjectMeta)
	}
	args := strings.Join(d.Spec.Template.Spec.Containers[0].Args, " ")
	if *d.Spec.Replicas != 2 || args != "-start-up=5s -latency=100ms -on-term=drain" || len(d.Spec.Template.Spec.ReadinessGates) != 1 {
		t.Errorf("replicas %d, arguments %s, gates %v", *d.Spec.Replicas, args, d.Spec.Template.Spec.ReadinessGates)
	}
	for _, line := range []string{`healthcheck-interval-seconds: "5"`, `healthcheck-timeout-seconds: "2"`} {
		if !strings.Contains(string(o.Exposure), line) {
			t.Errorf("no %s in\n%s", line, o.Exposure)
		}
	}
}

func TestAnUnknownArmIsAnError(t *testing.T) {
	trial := Trial{Arm: "none"}
	if _, err := trial.Objects("x"); err == nil {
		t.Error("it has manifests")
	}
}
