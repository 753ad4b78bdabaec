package policy

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// provenPort is a container port that traffic is known to use.
type provenPort struct {
	container *workload.Container
	port      intstr.IntOrString
	// route is the route that proves it, nil when an annotation does.
	route *topology.Route
}

// provenPorts finds, for one probe, at most one port for each container. A port is
// proven by a Service port that leads to a declared container port; an undeclared
// number only in a Pod of one container or for the container that is named by
// annotation. A port asked for by annotation is proven by that. Routes of a load
// balancer come before plain Services. UDP cannot be probed.
func (e *evaluation) provenPorts(asked api.Setting[*intstr.IntOrString]) []provenPort {
	if e.assumed {
		return nil
	}
	var found []provenPort
	for i := range e.exposure.Routes {
		r := &e.exposure.Routes[i]
		c := e.routeContainer(r)
		if r.UDP || r.ContainerPort == nil || c == nil || has(found, c) {
			continue
		}
		p := provenPort{container: c, port: intstr.FromInt32(*r.ContainerPort), route: r}
		if asked.Value != nil {
			p.port = *asked.Value
		}
		if declares(c, p.port) {
			found = append(found, p)
		}
	}
	if len(found) == 0 && asked.Value != nil {
		if c := e.serving(); c != nil && declares(c, *asked.Value) {
			found = append(found, provenPort{container: c, port: *asked.Value})
		}
	}
	return found
}

// routeContainer is the ordinary container behind a route, nil when it is unclear.
func (e *evaluation) routeContainer(r *topology.Route) *workload.Container {
	if r.Container == nil {
		return e.serving()
	}
	if named := e.in.Settings.Container.Value; named != "" && named != *r.Container {
		return nil
	}
	return e.author.Template.Container(*r.Container)
}

// serving is the container that serves the requests where the ports do not tell: the
// one named by annotation, or the only one.
func (e *evaluation) serving() *workload.Container {
	t := &e.author.Template
	if named := e.in.Settings.Container.Value; named != "" {
		return t.Container(named)
	}
	if len(t.Containers) == 1 && len(t.Sidecars) == 0 {
		return &t.Containers[0]
	}
	return nil
}

// declares tells whether a kubelet could resolve the port: a number always, a name only
// in a container that declares it.
func declares(c *workload.Container, port intstr.IntOrString) bool {
	if port.Type == intstr.Int {
		return true
	}
	for _, p := range c.Ports {
		if p.Name == port.StrVal {
			return true
		}
	}
	return false
}

func has(found []provenPort, c *workload.Container) bool {
	for i := range found {
		if found[i].container == c {
			return true
		}
	}
	return false
}

// noPort reports that a probe is called for and no container is proven to serve.
func (e *evaluation) noPort(probe string) {
	if e.assumed {
		return // said already
	}
	if named := e.in.Settings.Container.Value; named != "" && e.author.Template.Container(named) == nil {
		if e.reported(ContainerNotFound) {
			return // by the rule of the other probe
		}
		e.find(AtRisk, ContainerNotFound, "", fmt.Sprintf("%scontainer names %s, and the Pod has no such container", api.Prefix, named))
		return
	}
	if sidecar, r := e.sidecarRoute(); r != nil {
		e.find(AtRisk, NoProvenPort, "", fmt.Sprintf("no %s probe was added: the port %s of Service %s leads to the native sidecar %s, which does not tell when the application can serve; set %scontainer and %s%s-port", probe, r.ServicePort, r.Service, sidecar, api.Prefix, api.Prefix, probe))
		return
	}
	e.find(AtRisk, NoProvenPort, "", fmt.Sprintf("no %s probe was added: no Service port leads to one TCP port of one container for certain; declare the port, or set %scontainer and %s%s-port", probe, api.Prefix, api.Prefix, probe))
}

// sidecarRoute is the first route that leads to a native sidecar, and its name.
func (e *evaluation) sidecarRoute() (string, *topology.Route) {
	for i := range e.exposure.Routes {
		r := &e.exposure.Routes[i]
		for j := range e.author.Template.Sidecars {
			if name := e.author.Template.Sidecars[j].Name; r.Container != nil && *r.Container == name {
				return name, r
			}
		}
	}
	return "", nil
}
