package manifest

import (
	"strings"
	"testing"
)

func TestObjectsOfOptionalKindsAreReadAsAnyOthers(t *testing.T) {
	for name, tc := range map[string]struct{ text, note, failure string }{
		"twice": {text: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: infra}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: infra}
`, note: "Gateway infra/public stands in"},
		"of the wrong type": {text: `
apiVersion: elbv2.k8s.aws/v1beta1
kind: TargetGroupBinding
metadata: {name: own}
spec: {targetType: [ip]}
`, failure: "TargetGroupBinding default/own: field spec.targetType is a list where a text is expected"},
		"of another group":  {text: "apiVersion: example.org/v1\nkind: Gateway\nmetadata: {name: public}\nspec: 7\n"},
		"without namespace": {text: "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: aws, namespace: lost}\nspec: {controllerName: 7}\n", failure: "GatewayClass aws: field spec.controllerName"},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewSet([]*File{read(t, tc.text)}, Options{})
			if notes := strings.Join(s.Notes, "; "); !strings.Contains(notes, tc.note) || tc.note == "" && notes != "" {
				t.Errorf("notes %q", notes)
			}
			failure := ""
			for _, e := range s.Errors {
				failure += e.Error()
			}
			if !strings.Contains(failure, tc.failure) || tc.failure == "" && failure != "" {
				t.Errorf("errors %q", failure)
			}
		})
	}
}

func TestAnObjectOfAClusterIsCalledByItsName(t *testing.T) {
	const list = `{"kind":"GatewayList","apiVersion":"gateway.networking.k8s.io/v1","items":[{"metadata":{"name":"public","namespace":"infra"},"spec":7}]}`
	for want, answer := range map[string]string{
		"Gateway infra/public: field spec": list,
		"the cluster: gateways: ":          "[",
	} {
		s := NewSet([]*File{Served("the cluster: gateways", []byte(answer))}, Options{})
		if len(s.Errors) != 1 || !strings.HasPrefix(s.Errors[0].Error(), want) || strings.Contains(s.Errors[0].Error(), "document") {
			t.Errorf("got %v, want %s", s.Errors, want)
		}
	}
}
