package topology

import (
	"fmt"
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
	// all tells that it may be any Service.
	all bool
}

// about tells whether the gap may hide a route to a Service.
func (b *blind) about(service string) bool {
	return b.all || slices.Contains(b.services, service) || b.text != "" && strings.Contains(b.text, `"`+service+`"`)
}

// ingressGap is a gap in the road through an Ingress; without names it is about all
// Services of the Ingress.
func ingressGap(ing *networkingv1.Ingress, reason string, services ...string) *blind {
	if len(services) == 0 {
		for _, b := range pathBackends(ing) {
			if b.Service != nil {
				services = append(services, b.Service.Name)
			}
		}
	}
	gap := Gap{Object: "Ingress " + ing.Namespace + "/" + ing.Name, Reason: reason}
	return &blind{Gap: gap, services: services}
}

// actionGap is about an action, which this version does not read: it may send traffic
// to any Service, whose name then stands in the annotation as text.
func actionGap(ing *networkingv1.Ingress, action string) *blind {
	b := ingressGap(ing, fmt.Sprintf("sends traffic by action %s, which is not read yet", action), action)
	b.text = ing.Annotations[annotationPrefix+"actions."+action]
	return b
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
