package topology_test

import (
	"testing"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

const gatewayAPI = " (gateway.networking.k8s.io)"

func TestAnUnreadObjectConcernsOnlyTheServicesThatItMentions(t *testing.T) {
	plain := func(more ...string) []string { return append([]string{"service", "Service web"}, more...) }
	for name, tc := range map[string]struct {
		kind, namespace, text string
		want                  []string
	}{
		"a binding of the Service":        {"TargetGroupBinding (elbv2.k8s.aws)", "shop", `{"serviceRef":{"name":"web"}}`, plain("gap: TargetGroupBinding shop/odd cannot be read: no number")},
		"a binding of another":            {"TargetGroupBinding (elbv2.k8s.aws)", "shop", `{"serviceRef":{"name":"webs"}}`, plain()},
		"a binding of none":               {"TargetGroupBinding (elbv2.k8s.aws)", "shop", `{"serviceRef":[]}`, plain()},
		"a binding of which nothing is":   {"TargetGroupBinding (elbv2.k8s.aws)", "shop", "", plain("gap: TargetGroupBinding shop/odd cannot be read: no number")},
		"a route to the Service":          {"HTTPRoute" + gatewayAPI, "shop", `{"rules":[{"backendRefs":[{"name":"web"}]}]}`, plain("gap: HTTPRoute shop/odd cannot be read: no number")},
		"a route to another":              {"HTTPRoute" + gatewayAPI, "shop", `{"rules":[{"backendRefs":[{"name":"cart"}]}]}`, plain()},
		"a Gateway":                       {"Gateway" + gatewayAPI, "shop", `{"listeners":1}`, plain()},
		"a GatewayClass":                  {"GatewayClass" + gatewayAPI, "", `{"controllerName":1}`, plain()},
		"class parameters without a user": {"IngressClassParams (elbv2.k8s.aws)", "", `{"targetType":1}`, plain()},
		"a grant for nobody's route":      {"ReferenceGrant" + gatewayAPI, "shop", `{"from":[{"namespace":"front"}],"to":1}`, plain()},
	} {
		t.Run(name, func(t *testing.T) {
			c := given(t, "")
			c.unread(tc.kind, tc.namespace, "odd", tc.text)
			wantOutcome(t, c.exposed(), tc.want...)
		})
	}
}

func TestAnUnreadObjectOnTheRoadIsNamed(t *testing.T) {
	for kind, tc := range map[string]struct{ namespace, name, replace, with, want string }{
		"Gateway" + gatewayAPI: {"infra", "odd", "{name: public, namespace: infra}", "{name: odd, namespace: infra}",
			"HTTPRoute shop/web names Gateway infra/odd, which cannot be read: no number"},
		"GatewayClass" + gatewayAPI: {"", "odd", "gatewayClassName: aws", "gatewayClassName: odd",
			"HTTPRoute shop/web is attached to Gateway infra/public, whose GatewayClass odd cannot be read: no number"},
		"ListenerSet" + gatewayAPI: {"shop", "odd", "{name: public, namespace: infra}", "{kind: ListenerSet, name: odd}",
			"HTTPRoute shop/web names ListenerSet shop/odd, which cannot be read: no number"},
	} {
		c := given(t, changed(t, road, tc.replace, tc.with))
		c.unread(kind, tc.namespace, tc.name, "{}")
		wantOutcome(t, c.exposed(), "service", "Service web", "gap: "+tc.want)
		c = given(t, road)
		c.unread(kind, tc.namespace, tc.name, "{}")
		wantOutcome(t, c.exposed(), "alb-instance", albRoute)
	}
	c := given(t, road)
	c.unread("TargetGroupConfiguration (gateway.k8s.aws)", "shop", "odd", `{"targetReference":{"name":"web"}}`)
	wantOutcome(t, c.exposed(), "service", "Service web",
		"gap: HTTPRoute shop/web sends to Service web, and TargetGroupConfiguration shop/odd cannot be read: no number")
}

func TestUnreadClassParametersConcernTheIngressesOfTheirClass(t *testing.T) {
	c := given(t, "")
	c.unread("IngressClassParams (elbv2.k8s.aws)", "", "odd", `{"targetType":1}`)
	odd := class("odd", topology.ControllerLBC, parameters("elbv2.k8s.aws", "IngressClassParams", "odd"))
	seen := func(ing *networkingv1.Ingress) topology.Exposure {
		src := with(ing, class("alb", topology.ControllerLBC), odd)
		src.Objects = c
		return exposure(src)
	}
	wantOutcome(t, seen(ingress()), "alb-instance", "ALB Ingress shop/web (instance targets)")
	wantOutcome(t, seen(ingress(className("odd"))), "service", "Service web",
		"gap: Ingress shop/web has IngressClass odd, whose IngressClassParams odd cannot be read: no number")
	c = given(t, "")
	c.hidden["IngressClassParams (elbv2.k8s.aws)"] = "could not be read yet"
	wantOutcome(t, seen(ingress(className("odd"))), "service", "Service web",
		"gap: Ingress shop/web has IngressClass odd, whose IngressClassParams odd could not be read yet")
}

func TestGrantsMatterOnlyWhereARouteOfAnotherNamespaceMayLead(t *testing.T) {
	c := given(t, road)
	c.hidden["ReferenceGrant"+gatewayAPI] = "could not be read yet"
	wantOutcome(t, c.exposed(), "alb-instance", albRoute)
	c = given(t, "")
	c.hidden["ReferenceGrant"+gatewayAPI] = "could not be read yet"
	wantOutcome(t, c.exposed(), "service", "Service web", "gap: ReferenceGrant (gateway.networking.k8s.io) could not be read yet")
	elsewhere := changed(t, road, "metadata: {namespace: shop, name: web}", "metadata: {namespace: front, name: web}", "{name: web, port: 80}", "{name: web, namespace: shop, port: 80}")
	c = given(t, elsewhere)
	c.unread("ReferenceGrant"+gatewayAPI, "shop", "odd", `{"from":[{"kind":"HTTPRoute","namespace":"front"}],"to":1}`)
	wantOutcome(t, c.exposed(), "service", "Service web", "gap: ReferenceGrant shop/odd cannot be read: no number")
}

func TestTheSpecIsWhatTellsWhomAnObjectIsAbout(t *testing.T) {
	for object, want := range map[string]string{
		`{"metadata": {"name": "web"}, "spec": {"a": [ "b" ]}}`: `{"a":["b"]}`,
		`{"metadata": {"name": "web"}, "spec": "public"}`:       `"public"`,
		`{"metadata": {"name": "web"}}`:                         "",
		`{`:                                                     "",
	} {
		if got := topology.SpecText([]byte(object)); got != want {
			t.Errorf("%s: %q, want %q", object, got, want)
		}
	}
}
