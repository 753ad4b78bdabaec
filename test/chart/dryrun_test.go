package chart

import (
	"bytes"
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/test/install"
)

// namespace makes one, with labels.
func namespace(t *testing.T, name string, labels map[string]string) {
	t.Helper()
	_, err := world.clients.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
}

// temporary makes namespaces that go at the end of the test: Helm does not take over
// what it did not make.
func temporary(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		namespace(t, name, nil)
	}
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		for _, name := range names {
			if err := world.clients.CoreV1().Namespaces().Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
				t.Error(err)
			}
		}
		finalize(ctx, t)
	})
}

// dryRun asks the API server whether it would take each object as it stands: known
// fields only, valid values, CEL that compiles, admission included.
func dryRun(ctx context.Context, manifest []byte) error {
	_, err := install.Kubectl(ctx, world.plane, manifest, "apply", "--server-side", "--dry-run=server", "--validate=strict", "--field-manager=test", "-f", "-")
	return err
}

func TestTheAPIServerTakesEveryObject(t *testing.T) {
	namespace(t, "dry", nil)
	// A dry run cannot see the namespaces that it would make.
	temporary(t, "rollguard", "rollguard-probe", "guard-probe")
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			if err := dryRun(t.Context(), render(t, append([]string{"--namespace", "dry"}, v.flags...)...)); err != nil {
				t.Error(err)
			}
		})
	}
}

// What the test before proves depends on the API server being strict, for foreign
// kinds too.
func TestTheAPIServerRefusesAFieldThatIsNotThere(t *testing.T) {
	namespace(t, "dry", nil)
	temporary(t, "rollguard-probe")
	rendered := render(t, append([]string{"--namespace", "dry", "--set", "certificates.mode=cert-manager"}, everything...)...)
	asked := map[string]bool{}
	for _, o := range objects(t, rendered) {
		spec, hasSpec := o.Object["spec"].(map[string]any)
		webhooks, hasWebhooks := o.Object["webhooks"].([]any)
		switch {
		case hasSpec:
			spec["noSuchField"] = true
		case hasWebhooks:
			webhooks[0].(map[string]any)["noSuchField"] = true
		default:
			continue // roles and the like
		}
		asked[o.GetKind()] = true
		raw, err := yaml.Marshal(o.Object)
		if err != nil {
			t.Fatal(err)
		}
		if err := dryRun(t.Context(), raw); err == nil || !strings.Contains(err.Error(), "noSuchField") {
			t.Errorf("%s: an unknown field gives %v", o.GetKind(), err)
		}
	}
	for _, kind := range []string{"Deployment", "MutatingWebhookConfiguration", "PrometheusRule", "ServiceMonitor", "Certificate", "NetworkPolicy"} {
		if !asked[kind] {
			t.Errorf("no %s was tried", kind)
		}
	}
}

// pod is the Pod that the Deployment would make.
func pod(t *testing.T, namespace string, flags ...string) *corev1.Pod {
	t.Helper()
	template := deployment(t, append([]string{"--namespace", namespace}, flags...)...).Spec.Template
	template.Name, template.Namespace = "", namespace
	template.GenerateName = "rollguard-"
	return &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
}

func TestPodSecurityRestrictedAdmitsThePods(t *testing.T) {
	namespace(t, "restricted", map[string]string{
		"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted",
	})
	var accounts bytes.Buffer
	for _, name := range []string{"rollguard", "guard"} {
		accounts.WriteString("---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: " + name + ", namespace: restricted}}\n")
	}
	if _, err := install.Kubectl(t.Context(), world.plane, accounts.Bytes(), "apply", "-f", "-"); err != nil {
		t.Fatal(err)
	}
	for _, v := range variants {
		p := pod(t, "restricted", v.flags...)
		_, err := world.clients.CoreV1().Pods("restricted").Create(t.Context(), p, metav1.CreateOptions{})
		switch {
		case p.Spec.HostNetwork && (err == nil || !strings.Contains(err.Error(), "violates PodSecurity")):
			t.Errorf("%s: the host network is no violation of restricted: %v", v.name, err)
		case !p.Spec.HostNetwork && err != nil:
			t.Errorf("%s: %v", v.name, err)
		}
	}
}

func TestTheNamespaceOfTheChartEnforcesWhatItsPodsKeep(t *testing.T) {
	for _, tc := range []struct {
		flags []string
		want  string
	}{
		{nil, "restricted"},
		{[]string{"--set", "hostNetwork.enabled=true"}, "privileged"},
	} {
		n := find[corev1.Namespace](t, render(t, append(tc.flags, "--set", "createNamespace=true,posture.selfProbe=false")...), "Namespace")
		if got := n.Labels["pod-security.kubernetes.io/enforce"]; got != tc.want {
			t.Errorf("%v: %s, want %s", tc.flags, got, tc.want)
		}
	}
}
