package topology_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// acting sends everything by an action.
func acting(action string, services ...*corev1.Service) topology.Exposure {
	return exposure(sources(func(s *topology.Sources) {
		s.Services = append(s.Services, services...)
		s.Ingresses[0].Spec.Rules = []networkingv1.IngressRule{rule(namedBackend("go", "use-annotation"))}
		if action != "" {
			s.Ingresses[0].Annotations[lbc+"actions.go"] = action
		}
	}))
}

func api() *corev1.Service {
	return service(func(s *corev1.Service) { s.Name = "api" })
}

func TestAnActionForwardsToTheServicesThatItNames(t *testing.T) {
	const (
		web = "Ingress shop/web, instance, Service web, port 80 -> app:8080"
		api = "Ingress shop/web, instance, Service api, port http -> app:8080"
		one = `{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"web","servicePort":80}]}}`
	)
	for _, tc := range []struct {
		name, action string
		want         []string
	}{
		{"one Service", one, []string{web}},
		{"a number as text, as an older controller wrote it", strings.Replace(one, "80", `"80"`, 1), []string{web}},
		{"keys in any letter case, as Argo Rollouts writes them", `{"Type":"forward","ForwardConfig":{"TargetGroups":[{"ServiceName":"web","ServicePort":"80"}]}}`, []string{web}},
		{"weight 0 counts, as its targets are registered too", `{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"web","servicePort":80,"weight":100},{"serviceName":"api","servicePort":"http","weight":0}]}}`, []string{api, web}},
		{"a target group that AWS has already, and a Service", `{"type":"forward","forwardConfig":{"targetGroups":[{"targetGroupARN":"arn:x","weight":1},{"serviceName":"web","servicePort":80,"weight":1}]}}`, []string{web}},
		{"a target group that AWS has already", `{"type":"forward","targetGroupARN":"arn:x"}`, nil},
		{"one by its name", `{"type":"forward","targetGroupName":"x"}`, nil},
		{"a redirect", `{"type":"redirect","redirectConfig":{"statusCode":"HTTP_301"}}`, nil},
		{"a fixed response", `{"type":"fixed-response","fixedResponseConfig":{"statusCode":"503"}}`, nil},
		{"an action that is not there is answered with 503", "", nil},
		{"one Service that is not there is answered with 503", strings.Replace(one, "web", "ghost", 1), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			e := acting(tc.action, service(func(s *corev1.Service) { s.Name = "api" }))
			for _, text := range brief(e.Routes) {
				if strings.HasPrefix(text, "Ingress") {
					got = append(got, text)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || len(e.Gaps) > 0 {
				t.Errorf("gaps %v, -want +got:\n%s", e.Gaps, diff)
			}
		})
	}
}

func TestAMistakeInAnActionLeavesAGap(t *testing.T) {
	groups := func(text string) string { return `{"type":"forward","forwardConfig":{"targetGroups":[` + text + `]}}` }
	for action, reason := range map[string]string{
		groups(`{"serviceName":"web","servicePort":80}`)[1:]:                                                            "it is not the JSON that is expected there",
		`{"type":"Forward","x":"web"}`:                                                                                  `type "Forward" is none of forward, redirect, fixed-response`,
		`{"type":"forward","x":"web"}`:                                                                                  "a forward needs forwardConfig, targetGroupARN or targetGroupName",
		`{"type":"redirect","x":"web"}`:                                                                                 "redirectConfig.statusCode is missing",
		`{"type":"fixed-response","fixedResponseConfig":{},"x":"web"}`:                                                  "fixedResponseConfig.statusCode is missing",
		`{"type":"forward","targetGroupARN":"a","forwardConfig":{},"x":"web"}`:                                          "either forwardConfig or targetGroupARN",
		groups(`{"serviceName":"web","servicePort":80,"weight":"1"}`):                                                   "forwardConfig.targetGroups.weight is a text where a whole number is expected",
		groups(`{"serviceName":"web"}`):                                                                                 "targetGroups[0].servicePort is missing",
		groups(`{"serviceName":"web","targetGroupARN":"a"}`):                                                            "targetGroups[0] names a Service and a target group",
		groups(`{"weight":1,"x":"web"}`):                                                                                "targetGroups[0] names neither a Service nor a target group",
		groups(`{"serviceName":"web","servicePort":80,"weight":1},{"targetGroupName":"x"}`):                             "targetGroups[1].weight is missing",
		groups(`{"serviceName":"web","servicePort":81}`):                                                                "names port 81 of Service web, which has no such port",
		groups(`{"serviceName":"web","servicePort":80,"weight":1},{"serviceName":"ghost","servicePort":80,"weight":1}`): "names Service ghost, which does not exist, among several",
	} {
		e := acting(action)
		if len(e.Gaps) != 1 || !strings.Contains(e.Gaps[0].Reason, reason) || e.Kind != topology.Service {
			t.Errorf("%s: kind %s, gaps %+v lack %q", action, e.Kind, e.Gaps, reason)
		}
	}
}

func TestAnActionMayHaveTheNameOfAServiceAndForwardElsewhere(t *testing.T) {
	src := sources(func(s *topology.Sources) {
		s.Services = append(s.Services, api())
		s.Ingresses[0].Spec.Rules = []networkingv1.IngressRule{rule(namedBackend("web", "use-annotation"))}
		s.Ingresses[0].Annotations[lbc+"actions.web"] = `{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"api","servicePort":80}]}}`
	})
	want := []string{"Ingress shop/web, instance, Service api, port 80 -> app:8080", "Service web, port http -> app:8080"}
	if diff := cmp.Diff(want, brief(exposure(src).Routes)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
