package workload_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/workload"
)

func TestAPodIsReadForWhatItTakes(t *testing.T) {
	d, err := new(workload.Reader).Read([]byte(`{"metadata":{"name":"web"},"spec":{"template":{"spec":{"priorityClassName":"urgent",
		"resources":{"requests":{"cpu":"3"}},
		"initContainers":[{"name":"proxy","restartPolicy":"Always","resources":{"limits":{"memory":"64Mi"}}},{"name":"migrate"}],
		"containers":[{"name":"app","resources":{"requests":{"cpu":"500m"}}},{"name":"log","resources":null}]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	pod, err := d.Resources()
	if err != nil {
		t.Fatal(err)
	}
	spec := &pod.Spec
	if spec.PriorityClassName != "urgent" || spec.Resources.Requests.Cpu().String() != "3" || len(spec.Containers) != 2 || len(spec.InitContainers) != 2 {
		t.Errorf("pod %+v", spec)
	}
	if c := spec.Containers[0]; c.Name != "app" || c.Resources.Requests.Cpu().String() != "500m" {
		t.Errorf("container %+v", c)
	}
	if c := spec.InitContainers[0]; c.RestartPolicy == nil || *c.RestartPolicy != corev1.ContainerRestartPolicyAlways || c.Resources.Limits.Memory().String() != "64Mi" {
		t.Errorf("sidecar %+v", c)
	}
	if spec.InitContainers[1].RestartPolicy != nil {
		t.Error("an init container became a sidecar")
	}
}

func TestAQuantityThatIsNoneIsAnErrorThatNamesItsField(t *testing.T) {
	for name, want := range map[string]string{
		`"resources":{"requests":{"cpu":"much"}},"containers":[]`:           "field spec.template.spec.resources: ",
		`"containers":[{"name":"app"},{"resources":{"limits":{"cpu":[]}}}]`: "field spec.template.spec.containers[1].resources: ",
		`"initContainers":[{"resources":7}]`:                                "field spec.template.spec.initContainers[0].resources: ",
	} {
		d, err := new(workload.Reader).Read([]byte(`{"spec":{"template":{"spec":{` + name + `}}}}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Resources(); err == nil || len(err.Error()) <= len(want) || err.Error()[:len(want)] != want {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
