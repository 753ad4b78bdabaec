package live_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
)

func TestWhatCouldNotBeReadForOneReasonIsOneSentence(t *testing.T) {
	const user = ` is forbidden: User "ann" cannot list resource `
	gaps := []live.Gap{
		{What: "ingressclasses", Err: "ingressclasses.networking.k8s.io" + user + `"ingressclasses" in API group "networking.k8s.io" at the cluster scope`},
		{What: "services of namespace d", Err: "services" + user + `"services" in API group "" in the namespace "d"`},
		{What: "gatewayclasses", Err: "gatewayclasses.gateway.networking.k8s.io" + user + `"gatewayclasses" in API group "gateway.networking.k8s.io" at the cluster scope`},
		{What: "resourcequotas of namespace d", Err: "resourcequotas" + user + `"resourcequotas" in API group "" in the namespace "d"`},
		{What: "namespace d", Err: "namespaces \"d\"" + ` is forbidden: User "ann" cannot get resource "namespaces" in API group "" in the namespace "d"`},
		{What: "resourcequotas of namespace e", Err: "the server is away"},
		{What: "listenersets", Err: "a note says what was assumed", Settled: true},
	}
	want := []string{
		`user ann may not read ingressclasses, gatewayclasses, nor namespace d and its services, resourcequotas, so what is said may be wrong; ` +
			`ask for ClusterRole view in namespace d, and for the right to list ingressclasses, gatewayclasses`,
		`resourcequotas of namespace e could not be read, so what is said may be wrong: the server is away`,
	}
	if diff := cmp.Diff(want, live.Sentences(gaps)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWhatOneMayNotReadIsToldOfNamespacesTogether(t *testing.T) {
	denied := func(what, resource, namespace string) live.Gap {
		return live.Gap{What: what, Err: resource + ` is forbidden: User "ann" cannot list resource "` + resource + `" in API group "" in the namespace "` + namespace + `"`}
	}
	var gaps []live.Gap
	for _, n := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		gaps = append(gaps, denied("services of namespace "+n, "services", n))
	}
	gaps = append(gaps,
		denied("deployments of namespace z", "deployments", "z"),
		denied("httproutes of other namespaces", "httproutes", ""),
		denied("httproutes of namespace z", "httproutes", "z"),
	)
	gaps[7].Asked = true
	want := []string{
		`user ann may not read services of namespaces a, b, c, d, e and 2 more, nor deployments, httproutes of namespace z, nor httproutes of other namespaces, so what is said may be wrong; ` +
			`ask for ClusterRole view in namespaces a, b, c, d, e and 3 more, and for the right to list httproutes in all namespaces, httproutes in namespace z`,
	}
	if diff := cmp.Diff(want, live.Sentences(gaps)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestOnlyIngressClassesThatWereAssumedAreSettled(t *testing.T) {
	gaps := []live.Gap{{What: "ingressclasses", Err: "no"}, {What: "services of namespace d", Err: "no"}}
	live.SettleClasses(gaps)
	if !gaps[0].Settled || gaps[1].Settled {
		t.Errorf("%+v", gaps)
	}
}
