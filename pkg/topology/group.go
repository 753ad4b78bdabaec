package topology

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// group is the Ingresses that share a load balancer. LBC deploys it whole or not at
// all (pkg/ingress/group_loader.go, model_builder.go).
type group struct {
	// name is "group shop", or "Ingress shop/web" for an Ingress without a group.
	name    string
	members []*member
	// mistakes of nobody in particular. Each is a clause that follows the group's name.
	mistakes []string
	// blockers are whole clauses about Ingresses that are no members any more.
	blockers []string
}

// groups are those that have a member in the namespace.
type groups struct {
	byKey map[string]*group
	keys  []string
	// named are the names of those that other Ingresses can join.
	named map[string]bool
}

func (g *groups) of(key, name string) *group {
	found, ok := g.byKey[key]
	if !ok {
		found = &group{name: name}
		g.byKey[key] = found
		g.keys = append(g.keys, key)
	}
	return found
}

// validGroupName is LBC's rule (group_loader.go): 1 to 63 of a-z, 0-9, "-" and ".",
// with neither of the last two at an end.
func validGroupName(name string) bool {
	plain := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	if name == "" || len(name) > 63 || !plain(name[0]) || !plain(name[len(name)-1]) {
		return false
	}
	for i := range len(name) {
		if !plain(name[i]) && name[i] != '-' && name[i] != '.' {
			return false
		}
	}
	return true
}

// ingressBackends are the target groups of all Ingresses of the namespace, and the
// roads that mistakes close.
func ingressBackends(src *Sources, services map[string]*corev1.Service) ([]backend, []blind) {
	loader := newClassLoader(src)
	all := &groups{byKey: map[string]*group{}, named: map[string]bool{}}
	var blinds []blind
	for _, ing := range src.Ingresses {
		class, wrong := loader.load(ing, src.ownLabels)
		if wrong != nil {
			gap := ingressGap(ing, wrong.reason)
			gap.Unseen = wrong.unseen
			blinds = append(blinds, *gap)
		}
		if class == nil {
			continue
		}
		m := newMember(ing, class)
		m.resolve(services)
		if gap := all.join(m); gap != nil {
			blinds = append(blinds, *gap)
		}
	}
	all.addOthers(src, loader)
	var out []backend
	for _, key := range all.keys {
		backends, gaps := all.byKey[key].build()
		out, blinds = append(out, backends...), append(blinds, gaps...)
	}
	return out, blinds
}

// join puts an Ingress into its group: that of the class parameters, else that of the
// annotation, else its own. A name that LBC refuses leaves the Ingress out.
func (g *groups) join(m *member) *blind {
	name, named := m.groupName()
	switch {
	case !named:
		g.of(m.class.controller+" "+m.ing.Name, m.String()).add(m)
	case !validGroupName(name):
		return ingressGap(m.ing, fmt.Sprintf("is to be in group %q, which is no name of a group", name))
	default:
		g.named[name] = true
		g.of(groupKey(m.class.controller, name), "group "+name).add(m)
	}
	return nil
}

func (g *group) add(m *member) { g.members = append(g.members, m) }

// groupName is the name of the group that the Ingress shares with others, if any.
func (m *member) groupName() (string, bool) {
	if m.class.params.IngressGroup != nil {
		return m.class.params.IngressGroup.Name, true
	}
	return m.annotations.lookup("group.name")
}

// groupKey has a slash, as no name of an Ingress does.
func groupKey(controller, name string) string { return controller + "/" + name }

// addOthers adds what else has a say: members in other namespaces, and Ingresses that
// are no members and still stop a group. It never adds a group.
func (g *groups) addOthers(src *Sources, loader *classLoader) {
	for _, ing := range g.neighbours(src.Neighbours, loader) {
		class, wrong := loader.load(ing, func() map[string]string { return src.Neighbours.NamespaceLabels(ing.Namespace) })
		if class == nil {
			g.leave(ing, wrong)
			continue
		}
		m := &member{ing: ing, class: class, annotations: annotations{ingress: ing.Annotations}}
		name, _ := m.groupName()
		if shared, ok := g.byKey[groupKey(class.controller, name)]; ok {
			m = newMember(ing, class)
			m.elsewhere = true
			m.judge()
			shared.add(m)
		}
	}
	for _, ing := range src.Ingresses {
		if class, wrong := loader.load(ing, src.ownLabels); class == nil {
			g.leave(ing, wrong)
		}
	}
}

const groupFinalizer = "group.ingress.k8s.aws/"

// leave looks at an Ingress that is no member of any group. It stops all groups when
// its class cannot be told at all, and the group that it was a member of, whose
// finalizer it has, when it lost its class, as that may have been an accident (LBC
// issue 2731), or is being deleted under deletion protection.
func (g *groups) leave(ing *networkingv1.Ingress, wrong *classError) {
	var blocker string
	switch {
	case wrong != nil:
		blocker = wrong.reason
	case ing.DeletionTimestamp != nil && deletionProtected(ing):
		blocker = "is being deleted and has deletion protection"
	default:
		return
	}
	blocker = "Ingress " + ing.Namespace + "/" + ing.Name + " " + blocker
	if wrong != nil && wrong.blocking {
		for _, stopped := range g.byKey {
			stopped.blockers = append(stopped.blockers, blocker)
		}
		return
	}
	for _, finalizer := range ing.Finalizers {
		name, ok := strings.CutPrefix(finalizer, groupFinalizer)
		if left := g.byKey[groupKey(ControllerLBC, name)]; ok && left != nil {
			left.blockers = append(left.blockers, blocker)
		}
	}
}

func deletionProtected(ing *networkingv1.Ingress) bool {
	attributes, err := annotations{ingress: ing.Annotations}.pairs("load-balancer-attributes")
	return err == nil && slices.Contains([]string{"1", "t", "T", "true", "TRUE", "True"}, attributes["deletion_protection.enabled"])
}

// build gives the target groups of all members, in doubt where something stops LBC.
func (g *group) build() ([]backend, []blind) {
	redirect := g.check()
	blame := g.blame(redirect)
	stopped := blame != ""
	var out []backend
	var blinds []blind
	for _, m := range g.members {
		if m.elsewhere || !stopped && !m.listeners.forwards(redirect) {
			continue // all its listeners redirect, so its backends are never looked at
		}
		if stopped {
			doubt := g.doubt(m, blame)
			for i := range m.backends {
				m.backends[i].route.Maybe = doubt
			}
		}
		out, blinds = append(out, m.backends...), append(blinds, m.blinds...)
	}
	return out, blinds
}

// doubt says why the routes of a member may not be there.
func (g *group) doubt(m *member, blame string) *Doubt {
	stops := "the load balancer controller does not deploy " + g.name + " while "
	switch own := m.alone(); {
	case own == "":
		return &Doubt{Reason: GroupError, Because: stops + blame}
	case g.name == m.String():
		return &Doubt{Reason: IngressError, Because: stops + "it " + own}
	default:
		return &Doubt{Reason: IngressError, Because: stops + m.String() + " " + own}
	}
}

// blame is the first thing that stops the group, as a whole clause; empty if nothing
// does.
func (g *group) blame(redirect bool) string {
	if len(g.blockers) > 0 {
		return g.blockers[0]
	}
	for _, m := range g.members {
		if mistake := m.mistake(redirect); mistake != "" {
			return m.String() + " " + mistake
		}
	}
	if len(g.mistakes) > 0 {
		return "it " + g.mistakes[0]
	}
	return ""
}
