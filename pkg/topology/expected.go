package topology

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Expected is a Service that carries annotations of an ALB's and that no Ingress leads
// to. Often the Ingress comes a moment later: Helm creates it after the Deployment.
type Expected struct {
	Service string
	// Kind is what the exposure would be, as far as the Service tells.
	Kind Kind
}

// expectALB finds such Services. One that something unreadable leads to is none of them,
// as that is said already.
func (g *Graph) expectALB(src *Sources) map[string]*Expected {
	out := map[string]*Expected{}
	for _, svc := range src.Services {
		if len(g.backends[svc.Name]) == 0 && hasALBAnnotation(svc) && len(g.gaps.about(svc.Name, nil)) == 0 {
			out[svc.Name] = &Expected{Service: svc.Name, Kind: expectedKind(svc, src.Options.DefaultTargetType)}
		}
	}
	return out
}

func hasALBAnnotation(svc *corev1.Service) bool {
	for key := range svc.Annotations {
		if strings.HasPrefix(key, annotationPrefix) {
			return true
		}
	}
	return false
}

// expectedKind guesses the target type: the Service's annotation, else LBC's flag. A
// Service without node ports can only have ip targets.
func expectedKind(svc *corev1.Service, byDefault string) Kind {
	kind := annotations{service: svc.Annotations}.text("target-type", byDefault)
	if kind == TargetIP || svc.Spec.Type != corev1.ServiceTypeNodePort && svc.Spec.Type != corev1.ServiceTypeLoadBalancer {
		return ALBIP
	}
	return ALBInstance
}
