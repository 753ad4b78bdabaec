package topology

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// member is an Ingress that an ALB controller takes, and what it makes of it alone.
type member struct {
	ing         *networkingv1.Ingress
	class       *class
	annotations annotations // of the Ingress only
	listeners   ports
	// backends are the target groups that are fine by themselves.
	backends []backend
	// mistakes of the Ingress, which stop its controller. Each is a clause that follows
	// the Ingress's name. Those of backends do not count where all listeners redirect.
	mistakes, backendMistakes []string
	// blinds are the roads that a backend's mistake closes.
	blinds []blind
	seen   map[target]bool
	// elsewhere is set for an Ingress of another namespace.
	elsewhere bool
}

func newMember(ing *networkingv1.Ingress, class *class) *member {
	m := &member{ing: ing, class: class, annotations: annotations{ingress: ing.Annotations}, seen: map[target]bool{}}
	var err error
	if m.listeners, err = listenersOf(m.annotations, class.params); err != nil {
		m.mistakes = append(m.mistakes, err.Error())
	}
	m.mistakes = append(m.mistakes, settingMistakes(m.annotations, class.params)...)
	return m
}

// resolve finds the target groups.
func (m *member) resolve(services map[string]*corev1.Service) {
	for _, b := range pathBackends(m.ing) {
		action := m.read(b)
		targets := action.targets()
		if len(targets) == 1 && action.single() && services[targets[0].service] == nil {
			targets = nil // answered with 503
		}
		m.backendMistake(authMistake(m.annotations, targets, services))
		m.forward(targets, services)
	}
}

// judge is for an Ingress of another namespace, whose Services are not known: it finds
// the mistakes that stand in the Ingress itself.
func (m *member) judge() {
	for _, b := range pathBackends(m.ing) {
		m.read(b)
	}
}

func (m *member) String() string { return "Ingress " + m.ing.Namespace + "/" + m.ing.Name }

// read reads one backend, in the order of LBC's
// pkg/ingress/enhanced_backend_builder.go. Nil sends requests to no Service.
func (m *member) read(b pathBackend) *action {
	if b.Service == nil {
		m.close("has a resource backend, which LBC refuses")
		return nil
	}
	m.backendMistake(b.pathMistake())
	m.backendMistake(m.ruleMistake(b.Service.Name))
	action, err := actionOf(b.Service, m.annotations)
	if err != nil {
		m.close(err.Error(), b.Service.Name)
		// Whom the action was meant for stands in it as text.
		m.blinds[len(m.blinds)-1].text = m.annotations.text("actions."+b.Service.Name, "")
		return nil
	}
	return action
}

// forward makes the target groups of one backend. When one of them cannot be made,
// none is.
func (m *member) forward(targets []target, services map[string]*corev1.Service) {
	made := make([]*backend, 0, len(targets))
	for _, t := range targets {
		b, err := m.targetGroup(t, services)
		if err != nil {
			m.close(err.Error(), servicesOfTargets(targets)...)
			return
		}
		made = append(made, b)
	}
	for i, b := range made {
		if !m.seen[targets[i]] {
			m.seen[targets[i]] = true
			m.backends = append(m.backends, *b)
		}
	}
}

func (m *member) targetGroup(t target, services map[string]*corev1.Service) (*backend, error) {
	svc, ok := services[t.service]
	if !ok {
		return nil, fmt.Errorf("names Service %s, which does not exist, among several", t.service)
	}
	return newBackend(m, svc, t.port)
}

func servicesOfTargets(targets []target) []string {
	out := make([]string, len(targets))
	for i := range targets {
		out[i] = targets[i].service
	}
	return out
}

// close notes a mistake that closes the road to some Services, to all of the Ingress
// if none is named.
func (m *member) close(mistake string, services ...string) {
	m.backendMistakes = append(m.backendMistakes, mistake)
	m.blinds = append(m.blinds, *ingressGap(m.ing, mistake, services...))
}

func (m *member) backendMistake(err error) {
	if err != nil {
		m.backendMistakes = append(m.backendMistakes, err.Error())
	}
}

// alone is the first mistake of the Ingress that stops its controller even when it is
// the only member of its group, empty without one.
func (m *member) alone() string {
	redirect, err := sslRedirect([]*member{m}, m.listeners)
	if mistake := m.mistake(redirect != 0); mistake != "" || err == nil {
		return mistake
	}
	return err.Error()
}

// mistake is the first one of the Ingress itself. Those of backends do not count where
// HTTP listeners redirect and there are no others.
func (m *member) mistake(redirect bool) string {
	switch {
	case len(m.mistakes) > 0:
		return m.mistakes[0]
	case len(m.backendMistakes) > 0 && m.listeners.forwards(redirect):
		return m.backendMistakes[0]
	}
	return ""
}

// pathBackend is a backend and the path that leads to it, nil for the default backend.
type pathBackend struct {
	*networkingv1.IngressBackend

	path *networkingv1.HTTPIngressPath
}

func pathBackends(ing *networkingv1.Ingress) []pathBackend {
	var out []pathBackend
	if ing.Spec.DefaultBackend != nil {
		out = append(out, pathBackend{IngressBackend: ing.Spec.DefaultBackend})
	}
	for i := range ing.Spec.Rules {
		rule := ing.Spec.Rules[i].HTTP
		if rule == nil {
			continue
		}
		for j := range rule.Paths {
			out = append(out, pathBackend{&rule.Paths[j].Backend, &rule.Paths[j]})
		}
	}
	return out
}

// pathMistake is a wildcard where the type of the path allows none (LBC
// pkg/ingress/model_build_listener_rules.go).
func (b pathBackend) pathMistake() error {
	if b.path == nil || b.path.PathType == nil || !strings.ContainsAny(b.path.Path, "*?") {
		return nil
	}
	if kind := *b.path.PathType; kind != networkingv1.PathTypeImplementationSpecific {
		return fmt.Errorf("has path %s with a wildcard, which type %s does not allow", b.path.Path, kind)
	}
	return nil
}
