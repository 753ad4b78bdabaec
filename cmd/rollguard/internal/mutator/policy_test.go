package mutator_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/mutator"
)

const capped = `mutations:
- patchType: ApplyConfiguration
  applyConfiguration: {expression: "Object{spec: Object.spec{terminationGracePeriodSeconds: 20}}"}
`

const constraints = `matchConstraints:
  resourceRules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
`

func TestAPolicyIsToldWhereItIsBoundAndNamesAField(t *testing.T) {
	const told = "! MutatingAdmissionPolicy cap names terminationGracePeriodSeconds, for Pods"
	for name, tc := range map[string]struct{ spec, binding, want string }{
		"bound":                    {constraints + capped, "policyName: cap", told + " in 2 labelled namespaces (blog, shop)"},
		"not bound":                {constraints + capped, "", nobody},
		"bound for another policy": {constraints + capped, "policyName: other", nobody},
		"bound in one namespace":   {constraints + capped, "policyName: cap\nmatchResources: {namespaceSelector: {matchLabels: {mesh: \"on\"}}}", told + " in 1 labelled namespace (shop)"},
		"for some Pods":            {constraints + "  objectSelector: {matchLabels: {tier: web}}\n" + capped, "policyName: cap", told + " with tier=web in 2 labelled namespaces (blog, shop)"},
		"bound to other kinds": {
			constraints + capped,
			"policyName: cap\nmatchResources: {resourceRules: [{apiGroups: [batch], apiVersions: [v1], resources: [jobs], operations: [CREATE]}]}", nobody,
		},
		"that excludes Pods": {
			constraints + "  excludeResourceRules: [{apiGroups: [\"\"], apiVersions: [v1], resources: [pods], operations: [CREATE]}]\n" + capped,
			"policyName: cap", nobody,
		},
		"that names none":      {constraints + "mutations:\n- {patchType: JSONPatch, jsonPatch: {expression: \"[JSONPatch{op: 'add', path: '/metadata/labels/a', value: 'b'}]\"}}", "policyName: cap", nobody},
		"that only asks":       {constraints + "matchConditions: [{name: a, expression: has(object.spec.terminationGracePeriodSeconds)}]\nmutations:\n- {patchType: JSONPatch, jsonPatch: {expression: \"[]\"}}", "policyName: cap", nobody},
		"that is switched off": {constraints + "matchConditions: [{name: a, expression: \"false\"}]\n" + capped, "policyName: cap", nobody},
		"by a JSON patch":      {constraints + "mutations:\n- {patchType: JSONPatch, jsonPatch: {expression: \"[JSONPatch{op: 'remove', path: '/spec/containers/0/lifecycle/preStop'}]\"}}", "policyName: cap", "! MutatingAdmissionPolicy cap names preStop, lifecycle, for Pods in 2 labelled namespaces (blog, shop)"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]string{tc.want}, says(policy(t, tc.spec, tc.binding))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPoliciesOfEnginesAreReadForWhatTheyChange(t *testing.T) {
	const kyverno = `{"items": [
		{"metadata": {"name": "cap"}, "spec": {"rules": [{"name": "a", "match": {}, "mutate": {"patchStrategicMerge": {"spec": {"terminationGracePeriodSeconds": 50}}}}]}},
		{"metadata": {"name": "checks"}, "spec": {"rules": [{"name": "b", "validate": {"pattern": {"spec": {"terminationGracePeriodSeconds": "<50"}}}}]}},
		{"metadata": {"name": "mine", "namespace": "elsewhere"}, "spec": {"rules": [{"mutate": {"preStop": 1}}]}},
		{"metadata": {"name": "yours", "namespace": "shop"}, "spec": {"rules": [{"mutate": {"preStop": 1}}]}}]}`
	const gatekeeper = `{"items": [{"metadata": {"name": "grace"}, "spec": {"location": "spec.terminationGracePeriodSeconds", "match": {"note": "preStop"}}}, {"metadata": {"name": "pull"}, "spec": {"location": "spec.containers[name:*].imagePullPolicy"}}]}`
	c := &mutator.Cluster{Namespaces: guarded()}
	for _, e := range mutator.Engines() {
		for resource, list := range map[string]string{"clusterpolicies": kyverno, "assign": gatekeeper} {
			if e.Kinds[resource] == "" {
				continue
			}
			policies, err := e.Policies(resource, []byte(list))
			if err != nil {
				t.Fatal(err)
			}
			c.Engines = append(c.Engines, policies...)
		}
	}
	want := []string{
		"! Assign grace of Gatekeeper names terminationGracePeriodSeconds",
		"! ClusterPolicy cap of Kyverno names terminationGracePeriodSeconds",
		"! ClusterPolicy shop/yours of Kyverno names preStop",
	}
	if diff := cmp.Diff(want, says(c)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
