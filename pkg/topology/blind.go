package topology

import (
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
)

// blind is a gap and the Services that it may hide a route to.
type blind struct {
	Gap
	services []string
	// text may name further Services.
	text string
}

// about tells whether the gap may hide a route to a Service.
func (b *blind) about(service string) bool {
	return slices.Contains(b.services, service) || b.text != "" && strings.Contains(b.text, `"`+service+`"`)
}

// ingressGap is a gap in the road through an Ingress; without names it is about all
// Services of the Ingress, also those that only its actions name.
func ingressGap(ing *networkingv1.Ingress, reason string, services ...string) *blind {
	if len(services) == 0 {
		services = servicesOf(ing)
	}
	gap := Gap{Object: "Ingress " + ing.Namespace + "/" + ing.Name, Reason: reason}
	return &blind{Gap: gap, services: services}
}

func servicesOf(ing *networkingv1.Ingress) []string {
	var out []string
	for _, b := range pathBackends(ing) {
		if b.Service == nil {
			continue
		}
		action, err := actionOf(b.Service, annotations{ingress: ing.Annotations})
		if err != nil {
			continue
		}
		for _, t := range action.targets() {
			out = append(out, t.service)
		}
	}
	return out
}

// gapsAbout adds the gaps that may hide a route to a Service.
func (g *Graph) gapsAbout(service string, gaps []Gap) []Gap {
	for i := range g.gaps {
		if b := &g.gaps[i]; b.about(service) && !slices.Contains(gaps, b.Gap) {
			gaps = append(gaps, b.Gap)
		}
	}
	return gaps
}
