package topology_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// grouped are two Ingresses of one group: web, which leads to the Pods, and api, which
// leads elsewhere.
func grouped(change func(web, api *networkingv1.Ingress)) topology.Sources {
	return sources(func(s *topology.Sources) {
		web, api := s.Ingresses[0], ingress(func(i *networkingv1.Ingress) { i.Name = "api" })
		api.Spec.Rules = []networkingv1.IngressRule{rule(backend("api", 80))}
		web.Annotations[lbc+"group.name"], api.Annotations[lbc+"group.name"] = "edge", "edge"
		change(web, api)
		s.Ingresses = append(s.Ingresses, api)
		s.Services = append(s.Services, service(func(svc *corev1.Service) {
			svc.Name, svc.Spec.Selector = "api", map[string]string{"app": "api"}
		}))
	})
}

// doubt is the doubt about the only route of an Ingress.
func doubt(t *testing.T, src topology.Sources) *topology.Doubt {
	t.Helper()
	e := exposure(src)
	if len(e.Routes) != 1 || !e.Kind.ALB() {
		t.Fatalf("kind %s, routes %q, gaps %v", e.Kind, brief(e.Routes), e.Gaps)
	}
	return e.Routes[0].Maybe
}

func check(t *testing.T, got *topology.Doubt, reason topology.DoubtReason, because string) {
	t.Helper()
	if got == nil || got.Reason != reason || !strings.Contains(got.Because, because) {
		t.Errorf("doubt %+v, want %s: %q", got, reason, because)
	}
}

func set(name, value string) func(*networkingv1.Ingress) { return annotated(lbc+name, value) }

func TestAMistakeInTheIngressPutsItsOtherRoutesInDoubt(t *testing.T) {
	exact := networkingv1.PathTypeExact
	for _, tc := range []struct {
		name    string
		change  func(*networkingv1.Ingress)
		because string
	}{
		{"another backend", func(i *networkingv1.Ingress) {
			i.Spec.Rules = append(i.Spec.Rules, rule(backend("web", 81)))
		}, "does not deploy Ingress shop/web while it names port 81 of Service web, which has no such port"},
		{"a resource", func(i *networkingv1.Ingress) {
			i.Spec.Rules = append(i.Spec.Rules, rule(networkingv1.IngressBackend{Resource: &corev1.TypedLocalObjectReference{}}))
		}, "has a resource backend"},
		{"the path", func(i *networkingv1.Ingress) {
			path := &i.Spec.Rules[0].HTTP.Paths[0]
			path.Path, path.PathType = "/img/*", &exact
		}, "has path /img/* with a wildcard, which type Exact does not allow"},
		{"listeners of no JSON", set("listen-ports", `[{"HTTP": "80"}]`), "listen-ports: it is not the JSON that is expected there"},
		{"no listeners", set("listen-ports", `[]`), "listen-ports: it is empty"},
		{"a listener for another protocol", set("listen-ports", `[{"TCP": 80}]`), `listen-ports: "TCP" is none of HTTP, HTTPS`},
		{"a listener on no port", set("listen-ports", `[{"HTTP": 0}]`), "listen-ports: 0 is not a port from 1 to 65535"},
		{"a redirect to where nothing listens", set("ssl-redirect", "443"), "redirects to port 443, where nothing listens for HTTPS"},
		{"a redirect to no number", set("ssl-redirect", "yes"), "is not a whole number"},
		{"an order that is too high", set("group.order", "1001"), "group.order: 1001 is not from -1000 to 1000"},
		{"a scheme that is unknown", set("scheme", "public"), `"public" is none of internal, internet-facing`},
		{"an address type that is unknown", set("ip-address-type", "ipv6"), `"ipv6" is none of`},
		{"a long name", set("load-balancer-name", strings.Repeat("n", 33)), "is longer than 32 characters"},
		{"tags without a value", set("tags", "team"), `tags: "team" is not of the form key=value`},
		{"a bad range of addresses", set("inbound-cidrs", "10.0.0.0/8, 10.0.0.0"), `"10.0.0.0" is not a range of addresses`},
		{"client certificates", set("mutual-authentication", `{}`), "mutual-authentication: it is not a JSON list"},
		{"an unknown kind of sign-in", set("auth-type", "basic"), `auth-type: "basic" is none of none, cognito, oidc`},
		{"a sign-in that ends never", set("auth-session-timeout", "1h"), "auth-session-timeout"},
		{"a sign-in service of no JSON", set("auth-idp-oidc", "x"), "auth-idp-oidc"},
		{"a condition of no JSON", set("conditions.web", `[{`), "conditions.web: it is not the JSON that is expected there"},
		{"a condition without values", set("conditions.web", `[{"field":"path-pattern"}]`), "a condition on path-pattern has no values"},
		{"a transform of no JSON", set("transforms.web", `{`), "transforms.web"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			check(t, doubt(t, with(ingress(tc.change))), topology.IngressError, tc.because)
		})
	}
}

func TestSettingsThatAreRightLeaveNoDoubt(t *testing.T) {
	for name, change := range map[string]func(*networkingv1.Ingress){
		"listeners":           set("listen-ports", `[{"HTTP": 80}, {"HTTPS": 443}]`),
		"an order":            set("group.order", "-1000"),
		"a scheme":            set("scheme", "internet-facing"),
		"tags":                set("tags", "team=a, env = prod ,"),
		"ranges of addresses": set("inbound-cidrs", "10.0.0.0/8, 2001:db8::/32"),
		"client certificates": set("mutual-authentication", `[{"port":443,"mode":"off"}]`),
		"a condition":         set("conditions.web", `[{"field":"path-pattern","pathPatternConfig":{"values":["/x"]}},{"field":"new"}]`),
		"a regular expression": set("conditions.web", `[{"field":"host-header","hostHeaderConfig":{"regexValues":["x"]}},
			{"field":"http-header","httpHeaderConfig":{"values":["x"]}},{"field":"http-request-method","httpRequestMethodConfig":{"values":["GET"]}},
			{"field":"query-string","queryStringConfig":{"values":[{"key":"a","value":"b"}]}},{"field":"source-ip","sourceIPConfig":{"values":["10.0.0.0/8"]}}]`),
		"a wildcard where the type allows it": func(i *networkingv1.Ingress) { i.Spec.Rules[0].HTTP.Paths[0].Path = "/img/*" },
		"a redirect to HTTPS": func(i *networkingv1.Ingress) {
			set("listen-ports", `[{"HTTP": 80}, {"HTTPS": 443}]`)(i)
			set("ssl-redirect", "443")(i)
		},
	} {
		if got := doubt(t, with(ingress(change))); got != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTheSignInOfAServiceComesFirst(t *testing.T) {
	src := with(ingress(set("auth-type", "basic")))
	src.Services[0].Annotations[lbc+"auth-type"] = "none"
	if got := doubt(t, src); got != nil {
		t.Errorf("doubt %+v", got)
	}
}

func TestWhatStopsAGroupPutsTheRoutesOfItsMembersInDoubt(t *testing.T) {
	const https = `[{"HTTPS": 443}]`
	both := func(change func(*networkingv1.Ingress)) func(web, api *networkingv1.Ingress) {
		return func(web, api *networkingv1.Ingress) { change(web); change(api) }
	}
	byDefault := func(i *networkingv1.Ingress) { i.Spec.DefaultBackend = &i.Spec.Rules[0].HTTP.Paths[0].Backend }
	for _, tc := range []struct {
		name    string
		change  func(web, api *networkingv1.Ingress)
		because string
	}{
		{"a mistake of another member", func(_, api *networkingv1.Ingress) {
			api.Spec.Rules = []networkingv1.IngressRule{rule(backend("api", 81))}
		},
			"does not deploy group edge while Ingress shop/api names port 81 of Service api"},
		{"different schemes", func(web, api *networkingv1.Ingress) {
			set("scheme", "internal")(web)
			set("scheme", "internet-facing")(api)
		},
			"does not deploy group edge while it has members that disagree about alb.ingress.kubernetes.io/scheme"},
		{"different names", func(web, api *networkingv1.Ingress) {
			set("load-balancer-name", "a")(web)
			set("load-balancer-name", "b")(api)
		}, "disagree about"},
		{"one port with two protocols", func(web, api *networkingv1.Ingress) {
			set("listen-ports", https)(web)
			set("listen-ports", `[{"HTTP": 443}]`)(api)
		}, "disagree about the protocol of port 443"},
		{"two ports to redirect to", func(web, api *networkingv1.Ingress) {
			set("listen-ports", `[{"HTTPS": 443}]`)(web)
			set("ssl-redirect", "443")(web)
			set("listen-ports", `[{"HTTPS": 444}]`)(api)
			set("ssl-redirect", "444")(api)
		}, "has several ports to redirect to: [443 444]"},
		{"two default backends", both(byDefault), "has several members with a default backend"},
		{"a former member that lost its class", func(_, api *networkingv1.Ingress) {
			className("gone")(api)
			api.Finalizers = []string{"group.ingress.k8s.aws/edge"}
		}, "while Ingress shop/api names IngressClass gone, which does not exist"},
		{"a member that is deleted under protection", func(_, api *networkingv1.Ingress) {
			api.DeletionTimestamp = &metav1.Time{}
			api.Finalizers = []string{"group.ingress.k8s.aws/edge"}
			set("load-balancer-attributes", "deletion_protection.enabled=true")(api)
		}, "is being deleted and has deletion protection"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			check(t, doubt(t, grouped(tc.change)), topology.GroupError, tc.because)
		})
	}
}

func TestWhatIsNoneOfTheGroupsBusinessLeavesNoDoubt(t *testing.T) {
	broken := func(api *networkingv1.Ingress) { api.Spec.Rules = []networkingv1.IngressRule{rule(backend("api", 81))} }
	for name, change := range map[string]func(web, api *networkingv1.Ingress){
		"a mistake in another group":       func(_, api *networkingv1.Ingress) { broken(api); set("group.name", "other")(api) },
		"a mistake in a group that is not": func(_, api *networkingv1.Ingress) { broken(api); set("group.name", "No_Name")(api) },
		"a mistake of another controller":  func(_, api *networkingv1.Ingress) { broken(api); className("nginx")(api) },
		"a former member without mistakes": func(_, api *networkingv1.Ingress) {
			api.DeletionTimestamp = &metav1.Time{}
			api.Finalizers = []string{"group.ingress.k8s.aws/edge"}
		},
		"default backends on different listeners": func(web, api *networkingv1.Ingress) {
			web.Spec.DefaultBackend, api.Spec.DefaultBackend = &web.Spec.Rules[0].HTTP.Paths[0].Backend, &api.Spec.Rules[0].HTTP.Paths[0].Backend
			set("listen-ports", `[{"HTTP": 8080}]`)(api)
		},
	} {
		src := grouped(change)
		src.Classes = append(src.Classes, class("nginx", "k8s.io/ingress-nginx"))
		if got := doubt(t, src); got != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAnIngressWhoseListenersAllRedirectHasNoRoutes(t *testing.T) {
	e := exposure(grouped(func(_, api *networkingv1.Ingress) {
		set("listen-ports", `[{"HTTP": 80}, {"HTTPS": 443}]`)(api)
		set("ssl-redirect", "443")(api)
	}))
	if e.Kind != topology.Service || len(e.Gaps) > 0 {
		t.Errorf("kind %s, routes %q, gaps %v", e.Kind, brief(e.Routes), e.Gaps)
	}
}

func TestTheClassParametersDecideAboutTheGroup(t *testing.T) {
	src := grouped(func(web, api *networkingv1.Ingress) {
		delete(web.Annotations, lbc+"group.name")
		set("group.name", "other")(api)
		set("scheme", "internal")(web)
		set("scheme", "internet-facing")(api)
	})
	src.Classes = []*networkingv1.IngressClass{class("alb", topology.ControllerLBC, parameters("elbv2.k8s.aws", "IngressClassParams", "p"))}
	params := &topology.IngressClassParams{Group: "elbv2.k8s.aws", Name: "p", IngressGroup: &topology.IngressGroup{Name: "all"}}
	src.ClassParams = []*topology.IngressClassParams{params}
	check(t, doubt(t, src), topology.GroupError, "does not deploy group all while it has members that disagree")
	params.Scheme = "internal"
	if got := doubt(t, src); got != nil {
		t.Errorf("with a scheme of the class: %+v", got)
	}
	params.SSLRedirectPort, params.CertificateARNs = "443", []string{"arn:x"}
	if got := doubt(t, src); got != nil {
		t.Errorf("with a certificate, so with HTTPS: %+v", got)
	}
	params.CertificateARNs = nil
	check(t, doubt(t, src), topology.IngressError, "redirects to port 443, where nothing listens for HTTPS")
}

func TestAMemberInAnotherNamespaceHasASay(t *testing.T) {
	far := func(change ...func(*networkingv1.Ingress)) topology.Sources {
		src := with(ingress(set("group.name", "edge")))
		other := ingress(append(change, func(i *networkingv1.Ingress) { i.Namespace, i.Name = "lab", "far" })...)
		src.Neighbours = neighbourList{{Ingress: other, NamespaceLabels: map[string]string{"team": "b"}}}
		return src
	}
	badCondition := set("conditions.web", "x")
	check(t, doubt(t, far(set("group.name", "edge"), badCondition)), topology.GroupError, "while Ingress lab/far cannot use annotation")
	for name, src := range map[string]topology.Sources{
		"of another group": far(set("group.name", "other"), badCondition),
		"of its own":       far(badCondition),
		"whose Services are not known, so believed": far(set("group.name", "edge")),
	} {
		if got := doubt(t, src); got != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	src := far(set("group.name", "edge"), set("listen-ports", `[{"HTTPS": 443}]`), set("ssl-redirect", "443"))
	if e := exposure(src); e.Kind != topology.Service {
		t.Errorf("a redirect for all: kind %s", e.Kind)
	}
	src = far(classless)
	src.Classes = append(src.Classes, class("a", "x", byDefault), class("b", "x", byDefault))
	check(t, doubt(t, src), topology.GroupError, "Ingress lab/far names no class, and there are several default classes: [a b]")
	src = far(set("group.name", "edge"), badCondition, className("p"))
	src.Classes = append(src.Classes, class("p", topology.ControllerLBC, parameters("elbv2.k8s.aws", "IngressClassParams", "p")))
	params := &topology.IngressClassParams{Group: "elbv2.k8s.aws", Name: "p", NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"team": "b"}}}
	src.ClassParams = []*topology.IngressClassParams{params}
	check(t, doubt(t, src), topology.GroupError, "lab/far")
	params.NamespaceSelector.MatchLabels["team"] = "a"
	if got := doubt(t, src); got != nil {
		t.Errorf("a class of other namespaces: %+v", got)
	}
}

func TestAGroupNameThatIsRefusedLeavesAGap(t *testing.T) {
	for _, name := range []string{"", "Edge", "-a", "a_b", strings.Repeat("a", 64)} {
		e := exposure(with(ingress(set("group.name", name))))
		if e.Kind != topology.Service || len(e.Gaps) != 1 || !strings.Contains(e.Gaps[0].Reason, "which is no name of a group") {
			t.Errorf("%q: kind %s, gaps %v", name, e.Kind, e.Gaps)
		}
	}
}

func TestATargetGroupWithoutTargetsIsInDoubt(t *testing.T) {
	src := sources(func(s *topology.Sources) { s.Services[0].Spec.Ports[0].TargetPort.StrVal = "grpc" })
	check(t, doubt(t, src), topology.TargetPortUnresolved, "no container declares port grpc, to which Service web leads")
}

func TestAnIPv6ServiceNeedsALoadBalancerForIt(t *testing.T) {
	src := sources(func(s *topology.Sources) {
		s.Services[0].Spec.IPFamilies = []corev1.IPFamily{corev1.IPv4Protocol, corev1.IPv6Protocol}
	})
	if e := exposure(src); e.Kind != topology.Service || len(e.Gaps) != 1 {
		t.Errorf("IPv4 only: kind %s, gaps %v", e.Kind, e.Gaps)
	}
	set("ip-address-type", "dualstack")(src.Ingresses[0])
	if got := doubt(t, src); got != nil {
		t.Errorf("dual stack: %+v", got)
	}
}
