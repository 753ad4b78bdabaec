package rollout

import (
	"bytes"
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// Objects are the manifests of a trial.
type Objects struct{ Namespace, Exposure, Deployment []byte }

// Objects returns the manifests of the trial for a namespace. But for its name, and for
// what the setting changes, they are the files of the arm, byte for byte.
func (t *Trial) Objects(namespace string) (Objects, error) {
	arm, err := FindArm(t.Arm)
	if err != nil {
		return Objects{}, err
	}
	files, err := arm.Manifests()
	if err != nil {
		return Objects{}, err
	}
	for i := range files {
		files[i] = bytes.ReplaceAll(files[i], []byte("name: shop\n"), []byte("name: "+namespace+"\n"))
		files[i] = bytes.ReplaceAll(files[i], []byte("namespace: shop\n"), []byte("namespace: "+namespace+"\n"))
	}
	o := Objects{Namespace: files[0], Exposure: files[1], Deployment: files[2]}
	for _, change := range []func(*Objects) error{t.changeNamespace, t.changeExposure, t.changeDeployment} {
		if err := change(&o); err != nil {
			return o, fmt.Errorf("trial %s: %w", t.ID(), err)
		}
	}
	return o, nil
}

// FindArm returns the arm of a name.
func FindArm(name string) (Arm, error) {
	for _, a := range Arms() {
		if a.Name == name {
			return a, nil
		}
	}
	return Arm{}, fmt.Errorf("there is no arm %q", name)
}

// gateLabel makes LBC put a readiness gate into every Pod of a namespace (LBC
// docs/deploy/pod_readiness_gate.md).
const gateLabel = "elbv2.k8s.aws/pod-readiness-gate-inject"

func (s *Setting) changeNamespace(o *Objects) error {
	if len(s.Annotations) == 0 && !s.Gate {
		return nil
	}
	var n corev1.Namespace
	if err := yaml.UnmarshalStrict(o.Namespace, &n); err != nil {
		return fmt.Errorf("namespace: %w", err)
	}
	for key, value := range s.Annotations {
		key = "rollguard.io/" + key
		if value == "" {
			delete(n.Annotations, key)
			continue
		}
		if n.Annotations == nil {
			n.Annotations = map[string]string{}
		}
		n.Annotations[key] = value
	}
	if s.Gate {
		if n.Labels == nil {
			n.Labels = map[string]string{}
		}
		n.Labels[gateLabel] = "enabled"
	}
	var err error
	o.Namespace, err = yaml.Marshal(&n)
	return err
}

func (s *Setting) changeExposure(o *Objects) error {
	if s.Health == ([2]int{}) {
		return nil
	}
	const prefix = "    alb.ingress.kubernetes.io/"
	const before = prefix + "healthcheck-path: /__health\n"
	if !bytes.Contains(o.Exposure, []byte(before)) {
		return fmt.Errorf("exposure: no line %q", before)
	}
	after := before + fmt.Sprintf(prefix+"healthcheck-interval-seconds: %q\n"+prefix+"healthcheck-timeout-seconds: %q\n",
		fmt.Sprint(s.Health[0]), fmt.Sprint(s.Health[1]))
	o.Exposure = bytes.Replace(o.Exposure, []byte(before), []byte(after), 1)
	return nil
}

// changeDeployment leaves the file alone where it can.
func (s *Setting) changeDeployment(o *Objects) error {
	if s.Replicas == 0 && !s.Drains && !s.Gate && s.StartUp == "" && s.HealthLatency == "" {
		return nil
	}
	var d appsv1.Deployment
	if err := yaml.UnmarshalStrict(o.Deployment, &d); err != nil {
		return fmt.Errorf("deployment: %w", err)
	}
	pod := &d.Spec.Template.Spec
	if s.Replicas > 0 {
		d.Spec.Replicas = &s.Replicas
	}
	if s.StartUp != "" {
		for i, arg := range pod.Containers[0].Args {
			if strings.HasPrefix(arg, "-start-up=") {
				pod.Containers[0].Args[i] = "-start-up=" + s.StartUp
			}
		}
		if probe := pod.Containers[0].StartupProbe; probe != nil {
			probe.PeriodSeconds, probe.FailureThreshold = 1, 30
		}
	}
	if s.Drains {
		pod.Containers[0].Args = append(pod.Containers[0].Args, "-on-term=drain")
	}
	if s.HealthLatency != "" {
		pod.Containers[0].Args = append(pod.Containers[0].Args, "-health-latency="+s.HealthLatency)
	}
	if s.Gate {
		// The name is LBC's for the target group of an Ingress; any with its prefix will do.
		pod.ReadinessGates = []corev1.PodReadinessGate{{ConditionType: "target-health.elbv2.k8s.aws/k8s-web"}}
	}
	var err error
	o.Deployment, err = yaml.Marshal(&d)
	return err
}
