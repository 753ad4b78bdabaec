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
	// all tells that it may be any Service.
	all bool
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

// gapIndex finds the gaps that may hide a route to a Service.
type gapIndex struct {
	byService map[string][]Gap
	// texts are those whose text may name further Services, all those of any Service.
	texts []blind
	all   []Gap
}

func indexGaps(blinds []blind) gapIndex {
	x := gapIndex{byService: map[string][]Gap{}}
	for i := range blinds {
		b := &blinds[i]
		for _, service := range b.services {
			x.byService[service] = appendOnce(x.byService[service], b.Gap)
		}
		if b.text != "" {
			x.texts = append(x.texts, *b)
		}
		if b.all {
			x.all = appendOnce(x.all, b.Gap)
		}
	}
	return x
}

// about adds the gaps that may hide a route to a Service.
func (x *gapIndex) about(service string, gaps []Gap) []Gap {
	for _, gap := range x.byService[service] {
		gaps = appendOnce(gaps, gap)
	}
	for i := range x.texts {
		if b := &x.texts[i]; strings.Contains(b.text, `"`+service+`"`) {
			gaps = appendOnce(gaps, b.Gap)
		}
	}
	for _, gap := range x.all {
		gaps = appendOnce(gaps, gap)
	}
	return gaps
}

func appendOnce(gaps []Gap, gap Gap) []Gap {
	if slices.Contains(gaps, gap) {
		return gaps
	}
	return append(gaps, gap)
}
