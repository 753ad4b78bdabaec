package topology

import "strings"

// grantsHidden notes that ReferenceGrants are not known. Routes of the namespace itself need
// none, so it matters only for Services to which none of them leads.
func (g *gatewayWalk) grantsHidden() {
	kind := referenceGrantKind()
	reason := g.in.hidden(kind)
	if reason == "" {
		return
	}
	led := map[string]bool{}
	for i := range g.out {
		led[g.out[i].service.Name] = true
	}
	b := blind{Gap: Gap{Object: kind.Name(), Reason: reason}}
	for _, svc := range g.in.Services {
		if !led[svc.Name] {
			b.services = append(b.services, svc.Name)
		}
	}
	g.gaps = append(g.gaps, b)
}

// grantUnread notes that a ReferenceGrant could not be decoded. It matters for the Services to
// which a route of a namespace that it mentions wants to send.
func (g *gatewayWalk) grantUnread(kinds []Optional, grant *Unreadable) {
	gap := Gap{Object: objectName(referenceGrantKind(), grant), Reason: grant.because()}
	if grant.Text == "" {
		g.in.hide(gap)
		return
	}
	b := blind{Gap: gap}
	parts := strings.Split(grant.Text, `"`)
	for i := 1; i < len(parts); i += 2 { // what stands between quotation marks
		if namespace := parts[i]; namespace != "" && namespace != g.in.Namespace {
			b.services = append(b.services, g.wanted(kinds, namespace)...)
		}
	}
	g.gaps = append(g.gaps, b)
}

// wanted are the Services of the graph's namespace to which routes of another one want to send.
func (g *gatewayWalk) wanted(kinds []Optional, namespace string) []string {
	var out []string
	for _, kind := range kinds {
		all, _ := list[*GatewayRoute](g.in, kind, namespace)
		for _, route := range all {
			for i := range route.Spec.Rules {
				for _, ref := range route.Spec.Rules[i].BackendRefs {
					if ref.in(namespace) == g.in.Namespace {
						out = append(out, ref.Name)
					}
				}
			}
		}
	}
	return out
}
