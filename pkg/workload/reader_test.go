package workload_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/workload"
)

func read(t testing.TB, text string) *workload.Deployment {
	t.Helper()
	d, err := new(workload.Reader).Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheReaderFillsInWhatTheAPIServerWould(t *testing.T) {
	want := &workload.Deployment{
		Replicas: 1, ProgressDeadlineSeconds: 600,
		Strategy: workload.Strategy{Type: "RollingUpdate", MaxSurge: intstr.FromString("25%"), MaxUnavailable: intstr.FromString("25%")},
		Template: workload.Template{GracePeriodSeconds: 30, Containers: []workload.Container{}},
	}
	for name, text := range map[string]string{
		"an empty object":         `{}`,
		"nulls everywhere":        `{"metadata":null,"spec":{"replicas":null,"strategy":null,"progressDeadlineSeconds":null,"template":{"metadata":null,"spec":{"containers":null,"terminationGracePeriodSeconds":null}}}}`,
		"empty objects and lists": `{"metadata":{"ownerReferences":[]},"spec":{"strategy":{"rollingUpdate":{}},"template":{"spec":{"initContainers":[],"volumes":[]}}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, text)
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(workload.Deployment{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTheReaderReadsEveryFieldOfTheView(t *testing.T) {
	text, err := os.ReadFile("testdata/full.json")
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, string(text))
	want := &workload.Deployment{
		Namespace: "shop", Name: "web",
		Labels: map[string]string{"app": "web"}, Annotations: map[string]string{"rollguard.io/mode": "fill"},
		Controller: "Rollout/web", Deleting: true, Paused: true,
		Replicas: 8, MinReadySeconds: 12, ProgressDeadlineSeconds: 700,
		Strategy: workload.Strategy{Type: "RollingUpdate", MaxSurge: intstr.FromInt32(2), MaxUnavailable: intstr.FromString("10%")},
		Template: workload.Template{
			Labels: map[string]string{"app": "web", "tier": "front"}, Annotations: map[string]string{"note": "x"},
			HostNetwork: true, GracePeriodSeconds: 45, Claims: []string{"data"},
			Containers: []workload.Container{{
				Name: "app",
				Ports: []corev1.ContainerPort{
					{Name: "http", ContainerPort: 8080, HostPort: 80, Protocol: "TCP"},
					{Name: "dns", ContainerPort: 53, Protocol: "UDP"},
				},
				StartupProbe:   &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString("http")}}, PeriodSeconds: 10},
				ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/x", Port: intstr.FromInt32(8080)}}},
				PreStop:        &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: 7}},
			}, {Name: "helper"}},
			Sidecars: []workload.Container{{Name: "proxy", Ports: []corev1.ContainerPort{{ContainerPort: 15001, Protocol: "TCP"}}}},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(workload.Deployment{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAGeneratedNameStandsInForTheName(t *testing.T) {
	if got := read(t, `{"metadata":{"generateName":"web-"}}`).Name; got != "web-" {
		t.Errorf("name %q", got)
	}
}

func TestAnOwnerThatIsNoControllerDoesNotCount(t *testing.T) {
	if got := read(t, `{"metadata":{"ownerReferences":[{"kind":"App","name":"x"}]}}`).Controller; got != "" {
		t.Errorf("controller %q", got)
	}
}

func TestAWrongTypeNamesTheField(t *testing.T) {
	const spec, container = `{"metadata":{"namespace":"shop","name":"web"},"spec":{`, `"template":{"spec":{"containers":[{"name":"app",`
	for _, tc := range []struct{ text, field, reason string }{
		{spec + `"replicas":"8"}}`, "spec.replicas", "a JSON string where a whole number is expected"},
		{spec + `"replicas":1.5}}`, "spec.replicas", "whole number"},
		{spec + `"replicas":4294967296}}`, "spec.replicas", "32-bit number"},
		{spec + `"minReadySeconds":true}}`, "spec.minReadySeconds", "whole number"},
		{spec + `"strategy":[]}}`, "spec.strategy", "a JSON array where an object is expected"},
		{spec + `"strategy":{"type":1}}}`, "spec.strategy.type", "a string"},
		{spec + `"strategy":{"rollingUpdate":{"maxSurge":{}}}}}`, "spec.strategy.rollingUpdate.maxSurge", "whole number"},
		{spec + `"template":{"spec":{"containers":{}}}}}`, "spec.template.spec.containers", "an array"},
		{spec + `"template":{"spec":{"containers":["app"]}}}}`, "spec.template.spec.containers", "an object"},
		{spec + `"template":{"spec":{"hostNetwork":"true"}}}}`, "spec.template.spec.hostNetwork", "true or false"},
		{spec + `"template":{"metadata":{"labels":{"app":1}}}}}`, "spec.template.metadata.labels.app", "a string"},
		{spec + `"template":{"spec":{"terminationGracePeriodSeconds":"30"}}}}`, "spec.template.spec.terminationGracePeriodSeconds", "whole number"},
		{spec + container + `"ports":[{"containerPort":"http"}]}]}}}}`, "spec.template.spec.containers[0].ports.containerPort", "whole number"},
		{spec + container + `"readinessProbe":{"periodSeconds":"x"}}]}}}}`, "spec.template.spec.containers[0].readinessProbe", "periodSeconds"},
		{spec + container + `"startupProbe":true}]}}}}`, "spec.template.spec.containers[0].startupProbe", "an object"},
		{spec + container + `"lifecycle":{"preStop":{"exec":{"command":"sleep"}}}}]}}}}`, "spec.template.spec.containers[0].lifecycle.preStop", "command"},
		{`{"metadata":{"namespace":"shop","name":"web","annotations":[]}}`, "metadata.annotations", "an object"},
		{`{"metadata":{"namespace":"shop","name":"web","ownerReferences":{}}}`, "metadata.ownerReferences", "an array"},
	} {
		t.Run(tc.field+" "+tc.reason, func(t *testing.T) {
			_, err := new(workload.Reader).Read([]byte(tc.text))
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range []string{"deployment shop/web: field " + tc.field, tc.reason} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q lacks %q", err, part)
				}
			}
		})
	}
}

func TestWhatIsNoObjectIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":         "",
		"blanks":          "  \n",
		"half an object":  `{"spec":`,
		"an array":        `[]`,
		"a null":          `null`,
		"two objects":     `{}{}`,
		"nested too deep": strings.Repeat(`{"a":`, 400) + `1` + strings.Repeat(`}`, 400),
		"lists too deep":  strings.Repeat(`[`, 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			if d, err := new(workload.Reader).Read([]byte(text)); err == nil {
				t.Errorf("no error, %+v", d)
			}
		})
	}
}

func TestAReaderCanBeUsedAgain(t *testing.T) {
	var r workload.Reader
	if _, err := r.Read([]byte(`{"metadata":{"name":"one"},"spec":{"replicas":7}}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read([]byte(`{`)); err == nil {
		t.Fatal("no error")
	}
	d, err := r.Read([]byte(`{"metadata":{"name":"two"}}`))
	if err != nil || d.Name != "two" || d.Replicas != 1 {
		t.Errorf("%+v, error %v", d, err)
	}
}
