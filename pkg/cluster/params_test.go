package cluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/pkg/topology"
)

// params are IngressClassParams as an API server gives them.
func params(t *testing.T, name, spec string) *unstructured.Unstructured {
	t.Helper()
	u := &unstructured.Unstructured{}
	text := "apiVersion: elbv2.k8s.aws/v1beta1\nkind: IngressClassParams\nmetadata: {name: " + name + ", generation: 2, creationTimestamp: 2026-01-01T00:00:00Z}\n" + spec
	if err := yaml.Unmarshal([]byte(text), &u.Object); err != nil {
		t.Fatal(err)
	}
	return u
}

// watched is a watch whose informer holds objects.
func watched(t *testing.T, objects ...*unstructured.Unstructured) (*paramsWatch, *observer.ObservedLogs) {
	t.Helper()
	core, logs := observer.New(zap.WarnLevel)
	w := newParamsWatch(nil, nil, func() {}, zap.New(core))
	w.informer = toolscache.NewSharedIndexInformer(&toolscache.ListWatch{}, &unstructured.Unstructured{}, 0, nil)
	for _, o := range objects {
		if err := w.informer.GetStore().Add(o); err != nil {
			t.Fatal(err)
		}
	}
	return w, logs
}

func TestOfTheClassParamsOnlyWhatDecidesIsRead(t *testing.T) {
	for name, tc := range map[string]struct {
		spec string
		want topology.IngressClassParams
	}{
		"no spec":       {"", topology.IngressClassParams{}},
		"an empty spec": {"spec: {}", topology.IngressClassParams{}},
		"a target type": {"spec: {targetType: ip, scheme: internal, tags: [{key: a, value: b}], ipAddressType: dualstack}", topology.IngressClassParams{TargetType: "ip", Scheme: "internal", IPAddressType: "dualstack"}},
		"a group":       {"spec: {group: {name: shared}, sslRedirectPort: '443', certificateArn: [a]}", topology.IngressClassParams{IngressGroup: &topology.IngressGroup{Name: "shared"}, SSLRedirectPort: "443", CertificateARNs: []string{"a"}}},
		"labels":        {"spec: {namespaceSelector: {matchLabels: {team: x}}}", topology.IngressClassParams{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"team": "x"}}}},
		"all labels":    {"spec: {namespaceSelector: {}}", topology.IngressClassParams{NamespaceSelector: &metav1.LabelSelector{}}},
		"an expression": {"spec: {targetType: instance, namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [a, b]}]}}", topology.IngressClassParams{
			TargetType:        "instance",
			NamespaceSelector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "team", Operator: metav1.LabelSelectorOpIn, Values: []string{"a", "b"}}}},
		}},
	} {
		w, logs := watched(t, params(t, "public", tc.spec))
		tc.want.Group, tc.want.Name = "elbv2.k8s.aws", "public"
		if diff := cmp.Diff([]*topology.IngressClassParams{&tc.want}, w.all()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
		if logs.Len() > 0 {
			t.Errorf("%s: log %+v", name, logs.All())
		}
	}
}

func TestClassParamsThatCannotBeReadDoNotHideTheOthers(t *testing.T) {
	w, logs := watched(t, params(t, "broken", "spec: {namespaceSelector: everywhere}"), params(t, "whole", "spec: {targetType: ip}"), params(t, "odd", "spec: {targetType: [ip]}"))
	if diff := cmp.Diff([]*topology.IngressClassParams{{Group: "elbv2.k8s.aws", Name: "whole", TargetType: "ip"}}, w.all()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, name := range []string{"broken", "odd"} {
		if logs.FilterField(zap.String("name", name)).Len() != 1 {
			t.Errorf("nothing is logged of %s: %+v", name, logs.All())
		}
	}
}

func TestTheClassParamsAreReadyWhenItIsKnownWhetherTheyExist(t *testing.T) {
	w := newParamsWatch(nil, nil, func() {}, zap.NewNop())
	if w.ready() || w.all() != nil {
		t.Error("ready before anybody looked")
	}
	w.looked = true
	if !w.ready() || w.all() != nil {
		t.Error("not ready though the kind is absent")
	}
	w, _ = watched(t)
	w.looked = true
	if w.ready() {
		t.Error("ready before the informer has read anything")
	}
}
