package topology

import (
	"errors"
	"slices"
)

// check finds what the members disagree about, and tells whether HTTP listeners only
// redirect. Subnets, security groups and certificates are believed to fit, as only AWS
// can tell.
func (g *group) check() (redirect bool) {
	all := ports{}
	for _, m := range g.members {
		g.note(all.merge(m.listeners))
	}
	port, err := sslRedirect(g.members, all)
	g.note(err)
	g.note(g.disagree("scheme", func(p *IngressClassParams) string { return p.Scheme }))
	g.note(g.disagree("ip-address-type", func(p *IngressClassParams) string { return p.IPAddressType }))
	for _, name := range []string{"load-balancer-name", "customer-owned-ipv4-pool"} {
		g.note(g.disagree(name, func(*IngressClassParams) string { return "" }))
	}
	g.note(g.twoDefaultBackends(all, port != 0))
	return port != 0
}

func (g *group) note(err error) {
	if err != nil {
		g.mistakes = append(g.mistakes, err.Error())
	}
}

// disagree reports a setting of the load balancer of which there can be one only. The
// class parameters beat the annotation.
func (g *group) disagree(name string, ofClass func(*IngressClassParams) string) error {
	var values []string
	for _, m := range g.members {
		value, ok := m.annotations.lookup(name)
		if v := ofClass(m.class.params); v != "" {
			value, ok = v, true
		}
		if ok && !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	if len(values) < 2 {
		return nil
	}
	return errors.New("has members that disagree about " + annotationPrefix + name)
}

// twoDefaultBackends reports members whose default backends meet on one listener (LBC
// pkg/ingress/model_build_listener.go).
func (g *group) twoDefaultBackends(all ports, redirect bool) error {
	for port, protocol := range all {
		if redirect && protocol == "HTTP" {
			continue
		}
		count := 0
		for _, m := range g.members {
			if _, listens := m.listeners[port]; listens && m.ing.Spec.DefaultBackend != nil {
				count++
			}
		}
		if count > 1 {
			return errors.New("has several members with a default backend")
		}
	}
	return nil
}
