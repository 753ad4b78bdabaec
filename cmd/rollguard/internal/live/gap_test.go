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
	}
	want := []string{
		`ingressclasses, gatewayclasses could not be read, so what is said may be wrong: forbidden: User "ann" cannot list them at the cluster scope`,
		`services, resourcequotas of namespace d could not be read, so what is said may be wrong: forbidden: User "ann" cannot list them in the namespace "d"`,
		`namespace d could not be read, so what is said may be wrong: forbidden: User "ann" cannot get it`,
		`resourcequotas of namespace e could not be read, so what is said may be wrong: the server is away`,
	}
	if diff := cmp.Diff(want, live.Sentences(gaps)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
