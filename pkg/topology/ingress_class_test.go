package topology_test

import (
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

func TestAnIngressIsTheALBsOnlyByTheRulesOfItsController(t *testing.T) {
	const (
		none = "" // no gap
		lbc  = topology.ControllerLBC
		auto = topology.ControllerAutoMode
	)
	params := func(change func(*topology.IngressClassParams), i *networkingv1.Ingress, classes ...*networkingv1.IngressClass) topology.Sources {
		src := with(i, classes...)
		p := &topology.IngressClassParams{Group: "elbv2.k8s.aws", Name: "p"}
		change(p)
		src.ClassParams = []*topology.IngressClassParams{p}
		return src
	}
	asTheyAre := func(*topology.IngressClassParams) {}
	ofAutoMode := func(p *topology.IngressClassParams) { p.Group = "eks.amazonaws.com" }
	onlyTeam := func(value string) func(*topology.IngressClassParams) {
		return func(p *topology.IngressClassParams) {
			p.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": value}}
		}
	}
	badSelector := func(p *topology.IngressClassParams) {
		p.NamespaceSelector = &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "x", Operator: "Near"}}}
	}
	for _, tc := range []struct {
		name string
		src  topology.Sources
		alb  bool
		gap  string
	}{
		{"1: an Ingress that is being deleted is not", with(ingress(func(i *networkingv1.Ingress) { i.DeletionTimestamp = &metav1.Time{} })), false, none},
		{"2: the annotation alb decides alone", with(ingress(annotated("kubernetes.io/ingress.class", "alb"), className("nginx"))), true, none},
		{"2: the annotation nginx beats the class alb", with(ingress(annotated("kubernetes.io/ingress.class", "nginx"))), false, none},
		{"2: an empty annotation decides too", with(ingress(annotated("kubernetes.io/ingress.class", ""))), false, none},
		{"2: the annotation's values can be configured", func() topology.Sources {
			src := with(ingress(annotated("kubernetes.io/ingress.class", "alb-internal")))
			src.Options.ClassAnnotations = []string{"alb", "alb-internal"}
			return src
		}(), true, none},
		{"3: the class by name", with(ingress()), true, none},
		{"3: without a class, the one default class", with(ingress(classless), class("any", lbc, byDefault)), true, none},
		{"3: without a class, a default class of another controller", with(ingress(classless), class("nginx", "k8s.io/ingress-nginx", byDefault), class("alb", lbc)), false, none},
		{"3: without a class and without a default, nobody's", with(ingress(classless)), false, none},
		{"3: two default classes are nobody's, and said", with(ingress(classless), class("b", lbc, byDefault), class("a", lbc, byDefault)), false, "several default classes: [a b]"},
		{"4: a class that does not exist is said", with(ingress(className("missing"))), false, "names IngressClass missing, which does not exist"},
		{"4: one that is not in the files may exist", func() topology.Sources {
			src := with(ingress(className("internal")))
			src.MissingClass = "is not in the files"
			return src
		}(), false, "names IngressClass internal, which is not in the files"},
		{"4: a class that may not be read is not called missing", unseen(with(ingress(className("internal")))), false, "names IngressClass internal, which could not be read"},
		{"3: without a class, nor the right to read the default one", unseen(with(ingress(classless))), false, "names no IngressClass, and which one is the default could not be read"},
		{"4: a class that is known though others may not be read", unseen(with(ingress(), class("alb", lbc))), true, none},
		{"2: the annotation needs no class to be read", unseen(with(ingress(annotated("kubernetes.io/ingress.class", "alb")))), true, none},
		{"4: the controller counts, not the name", with(ingress(className("blue")), class("blue", lbc)), true, none},
		{"4: a class named alb of another controller is not", with(ingress(), class("alb", "k8s.io/ingress-nginx")), false, none},
		{"4: EKS Auto Mode is an ALB too", with(ingress(), class("alb", auto)), true, none},
		{"5: parameters that exist", params(asTheyAre, ingress(), class("alb", lbc, parameters("elbv2.k8s.aws", "IngressClassParams", "p"))), true, none},
		{"5: Auto Mode has parameters of its own group", params(ofAutoMode, ingress(), class("alb", auto, parameters("eks.amazonaws.com", "IngressClassParams", "p"))), true, none},
		{"5: parameters of that name in the other group do not count", params(ofAutoMode, ingress(), class("alb", lbc, parameters("elbv2.k8s.aws", "IngressClassParams", "p"))), false, "IngressClassParams p cannot be found"},
		{"5: parameters of the other group are said", params(asTheyAre, ingress(), class("alb", auto, parameters("elbv2.k8s.aws", "IngressClassParams", "p"))), false, "not IngressClassParams of eks.amazonaws.com"},
		{"5: parameters of another kind are said", params(asTheyAre, ingress(), class("alb", lbc, parameters("elbv2.k8s.aws", "ConfigMap", "p"))), false, "not IngressClassParams"},
		{"5: parameters without a group are said", params(asTheyAre, ingress(), class("alb", lbc, func(c *networkingv1.IngressClass) {
			c.Spec.Parameters = &networkingv1.IngressClassParametersReference{Kind: "IngressClassParams", Name: "p"}
		})), false, "not IngressClassParams"},
		{"5: missing parameters are said", params(asTheyAre, ingress(), class("alb", lbc, parameters("elbv2.k8s.aws", "IngressClassParams", "other"))), false, "IngressClassParams other cannot be found"},
		{"5: a selector that matches the namespace", params(onlyTeam("a"), ingress(), class("alb", lbc, parameters("elbv2.k8s.aws", "IngressClassParams", "p"))), true, none},
		{"5: a selector that does not match the namespace is said", params(onlyTeam("b"), ingress(), class("alb", lbc, parameters("elbv2.k8s.aws", "IngressClassParams", "p"))), false, "is refused by its controller, as the namespaceSelector of IngressClassParams p leaves out its namespace"},
		{"5: a bad selector is said", params(badSelector, ingress(), class("alb", lbc, parameters("elbv2.k8s.aws", "IngressClassParams", "p"))), false, "bad namespaceSelector"},
		{"5: the annotation path does not look at parameters", params(onlyTeam("b"), ingress(annotated("kubernetes.io/ingress.class", "alb")), class("alb", lbc, parameters("elbv2.k8s.aws", "IngressClassParams", "p"))), true, none},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := exposure(tc.src)
			if e.Kind.ALB() != tc.alb {
				t.Errorf("kind %s, routes %+v", e.Kind, e.Routes)
			}
			if !tc.alb && e.Kind != topology.Service {
				t.Errorf("the Service itself is not seen: kind %s", e.Kind)
			}
			switch {
			case tc.gap == none && len(e.Gaps) > 0:
				t.Errorf("gaps %+v", e.Gaps)
			case tc.gap != none && (len(e.Gaps) != 1 || e.Gaps[0].Object != "Ingress shop/web" || !strings.Contains(e.Gaps[0].Reason, tc.gap)):
				t.Errorf("gaps %+v lack %q", e.Gaps, tc.gap)
			}
		})
	}
}

// unseen are sources of somebody who may not read IngressClasses.
func unseen(src topology.Sources) topology.Sources {
	src.ClassesUnseen, src.MissingClass = true, "could not be read"
	return src
}

func TestWhatMayNotBeReadIsToldFromWhatIsWrong(t *testing.T) {
	src := with(ingress(className("internal")))
	for _, want := range []bool{true, false} {
		src.ClassesUnseen = want
		if gaps := exposure(src).Gaps; len(gaps) != 1 || gaps[0].Unseen != want {
			t.Errorf("unseen is not %v: %+v", want, gaps)
		}
	}
}

func TestARouteNamesTheControllerThatServesIt(t *testing.T) {
	for _, controller := range []string{topology.ControllerLBC, topology.ControllerAutoMode} {
		e := exposure(with(ingress(), class("alb", controller)))
		if len(e.Routes) != 1 || e.Routes[0].Controller != controller {
			t.Errorf("%s: routes %+v", controller, e.Routes)
		}
	}
}
