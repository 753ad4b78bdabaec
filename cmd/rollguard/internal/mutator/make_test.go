package mutator_test

import (
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/mutator"
)

// guarded are the namespaces of these tests.
func guarded() []mutator.Namespace {
	return []mutator.Namespace{
		{Name: "blog", Labels: map[string]string{"kubernetes.io/metadata.name": "blog", "rollguard.io/inject": "enabled"}},
		{Name: "shop", Labels: map[string]string{"kubernetes.io/metadata.name": "shop", "rollguard.io/inject": "enabled", "mesh": "on"}},
	}
}

func read(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

const (
	onPods        = `rules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]`
	onDeployments = `rules: [{apiGroups: [apps], apiVersions: ["*"], resources: [deployments], operations: [CREATE, UPDATE]}]`
)

// webhook makes a configuration of one webhook from a line or two.
func webhook(t *testing.T, configuration, name, text string) admissionregistrationv1.MutatingWebhookConfiguration {
	t.Helper()
	var w admissionregistrationv1.MutatingWebhook
	read(t, text, &w)
	w.Name = name
	c := admissionregistrationv1.MutatingWebhookConfiguration{Webhooks: []admissionregistrationv1.MutatingWebhook{w}}
	c.Name = configuration
	return c
}

// policy makes a policy with a binding, from the lines of its spec.
func policy(t *testing.T, spec, binding string) *mutator.Cluster {
	t.Helper()
	var p admissionregistrationv1.MutatingAdmissionPolicy
	read(t, spec, &p.Spec)
	p.Name = "cap"
	c := &mutator.Cluster{Namespaces: guarded(), Policies: []admissionregistrationv1.MutatingAdmissionPolicy{p}}
	if binding == "" {
		return c
	}
	var b admissionregistrationv1.MutatingAdmissionPolicyBinding
	read(t, binding, &b.Spec)
	c.Bindings = []admissionregistrationv1.MutatingAdmissionPolicyBinding{b}
	return c
}
