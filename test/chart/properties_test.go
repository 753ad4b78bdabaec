package chart

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/rollguard/rollguard/pkg/config"
)

func TestEachVariantHasTheObjectsItNeedsAndNoOthers(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			want := append(slices.Clone(always), v.kinds...)
			var got []string
			for _, o := range objects(t, render(t, v.flags...)) {
				got = append(got, o.GetKind())
				if o.GetLabels()["app.kubernetes.io/name"] != "rollguard" {
					t.Errorf("%s %s cannot be found by its label", o.GetKind(), o.GetName())
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestOneReplicaHasNoBudgetThatCouldStopADrain(t *testing.T) {
	for _, o := range objects(t, render(t, "--set", "replicas=1")) {
		if o.GetKind() == "PodDisruptionBudget" {
			t.Error("one replica has a PodDisruptionBudget: its node can never be drained")
		}
	}
}

func TestWhatAPodThatGoesIsLeft(t *testing.T) {
	for _, tc := range []struct {
		name  string
		flags []string
		sleep int64 // 0: no hook
		drain string
	}{
		{"a native sleep, then draining", nil, 10, "--drain-delay=10s"},
		{"all of it draining, before 1.30", []string{"--kube-version", "1.29.9"}, 0, "--drain-delay=20s"},
		{"a provider's version of 1.30", []string{"--kube-version", "v1.30.4-eks-a737599"}, 10, "--drain-delay=10s"},
		{"no sleep", []string{"--set", "drain.preStopSleepSeconds=0"}, 0, "--drain-delay=10s"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := deployment(t, tc.flags...).Spec.Template.Spec.Containers[0]
			var sleep int64
			if c.Lifecycle != nil {
				sleep = c.Lifecycle.PreStop.Sleep.Seconds
			}
			if sleep != tc.sleep || !slices.Contains(c.Args, tc.drain) {
				t.Errorf("sleep %d, args %v", sleep, c.Args)
			}
		})
	}
}

func TestGoMemoryLimitFollowsTheLimit(t *testing.T) {
	for limit, want := range map[string]string{"128Mi": "89MiB", "1Gi": "716MiB", "64Mi": "44MiB"} {
		if got := memoryLimit(t, "--set", "resources.limits.memory="+limit); got != want {
			t.Errorf("limit %s gives %q, want %s", limit, got, want)
		}
	}
	for _, flags := range [][]string{{"--set", "resources.limits=null"}, {"--set", "resources=null"}, {"--set", "resources.limits.memory=null"}} {
		if got := memoryLimit(t, flags...); got != "" {
			t.Errorf("%v gives %q", flags, got)
		}
	}
}

// memoryLimit is the value of GOMEMLIMIT, empty without one.
func memoryLimit(t *testing.T, flags ...string) string {
	t.Helper()
	for _, e := range deployment(t, flags...).Spec.Template.Spec.Containers[0].Env {
		if e.Name == "GOMEMLIMIT" {
			return e.Value
		}
	}
	return ""
}

func TestTheDefaultPodsHaveNoCPULimit(t *testing.T) {
	limits := deployment(t).Spec.Template.Spec.Containers[0].Resources.Limits
	if limits.Cpu().IsZero() != true || limits.Memory().IsZero() {
		t.Errorf("limits %v", limits)
	}
}

// On the host network a port is there once for each node, so that a surge could wait
// for ever.
func TestTheStrategyFitsTheNetwork(t *testing.T) {
	strategy := func(flags ...string) string {
		s := deployment(t, flags...).Spec.Strategy.RollingUpdate
		return s.MaxUnavailable.String() + "/" + s.MaxSurge.String()
	}
	if got := strategy(); got != "0/1" {
		t.Errorf("default: %s", got)
	}
	if got := strategy("--set", "updateStrategy.maxSurge=2"); got != "0/2" {
		t.Errorf("another surge: %s", got)
	}
	if got := strategy("--set", "hostNetwork.enabled=true"); got != "1/0" {
		t.Errorf("host network: %s", got)
	}
}

func TestTheHostNetworkHasPortsOfItsOwn(t *testing.T) {
	spec := deployment(t, "--set", "hostNetwork.enabled=true").Spec.Template.Spec
	if !spec.HostNetwork || spec.DNSPolicy != corev1.DNSClusterFirstWithHostNet {
		t.Errorf("host network %t, DNS %s", spec.HostNetwork, spec.DNSPolicy)
	}
	ports := []int32{spec.Containers[0].Ports[0].ContainerPort, spec.Containers[0].Ports[1].ContainerPort}
	if !slices.Equal(ports, []int32{19443, 18080}) || !slices.Contains(spec.Containers[0].Args, "--port=19443") || !slices.Contains(spec.Containers[0].Args, "--ops-address=:18080") {
		t.Errorf("ports %v, args %v", ports, spec.Containers[0].Args)
	}
}

// configurationFile is the one that the chart writes.
func configurationFile(t *testing.T, rendered []byte) string {
	t.Helper()
	for _, o := range objects(t, rendered) {
		if file, ok, _ := unstructured.NestedString(o.Object, "data", "config.yaml"); ok {
			return file
		}
	}
	t.Fatal("no ConfigMap has config.yaml")
	return ""
}

// The file is read by the code that reads it in the Pod.
func TestTheConfigurationFileIsRead(t *testing.T) {
	for _, v := range variants {
		file := configurationFile(t, render(t, v.flags...))
		c, err := config.Parse([]byte(file))
		if err != nil {
			t.Errorf("%s: %v\n%s", v.name, err, file)
			continue
		}
		if v.name == "all knobs of a Pod" && (c.Warnings != "risks" || len(c.Profiles) != 1 || c.DefaultTargetType != "ip") {
			t.Errorf("values did not arrive: %s", file)
		}
	}
}

// Replicas read the file again by themselves.
func TestAChangedConfigurationStartsNoRollout(t *testing.T) {
	if diff := cmp.Diff(deployment(t).Spec, deployment(t, "--set", "config.warnings=risks").Spec); diff != "" {
		t.Error(diff)
	}
}

func TestTheWebhookConfiguration(t *testing.T) {
	rendered := func(flags ...string) *admissionv1.MutatingWebhookConfiguration {
		return find[admissionv1.MutatingWebhookConfiguration](t, render(t, flags...), "MutatingWebhookConfiguration")
	}
	excluded := func(c *admissionv1.MutatingWebhookConfiguration) []string {
		return c.Webhooks[0].NamespaceSelector.MatchExpressions[1].Values
	}
	d := rendered()
	w := d.Webhooks[0]
	if *w.FailurePolicy != "Ignore" || *w.TimeoutSeconds != 2 || *w.SideEffects != "None" || *w.MatchPolicy != "Equivalent" || *w.ReinvocationPolicy != "IfNeeded" {
		t.Errorf("%+v", w)
	}
	if len(w.ClientConfig.CABundle) != 0 || len(d.Annotations) != 0 {
		t.Error("self-signed: the bundle has two writers")
	}
	if got := excluded(d); !slices.Equal(got, []string{"kube-system", "kube-node-lease", "rollguard"}) {
		t.Errorf("excluded: %v", got)
	}
	k := rendered("-f", "testdata/knobs.yaml", "--namespace", "platform")
	if got := excluded(k); !slices.Equal(got, []string{"kube-system", "kube-node-lease", "platform", "monitoring"}) {
		t.Errorf("excluded: %v", got)
	}
	if k.Annotations["example.com/owner"] != "platform" || *k.Webhooks[0].TimeoutSeconds != 5 {
		t.Errorf("values did not arrive: %v", k)
	}
	c := rendered("--set", "certificates.mode=cert-manager")
	if c.Annotations["cert-manager.io/inject-ca-from"] != "rollguard/rollguard-tls" || len(c.Webhooks[0].ClientConfig.CABundle) != 0 {
		t.Errorf("cert-manager: %v", c.Annotations)
	}
	f := rendered("--set", "certificates.mode=files,certificates.files.secretName=mine", "--set-file", "certificates.files.caBundle=testdata/ca.crt")
	if !strings.HasPrefix(string(f.Webhooks[0].ClientConfig.CABundle), "-----BEGIN CERTIFICATE-----") {
		t.Error("files: the bundle is not there")
	}
}
