package policy

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// probePort judges the port of each readiness probe that the author wrote.
func probePort(e *evaluation) {
	for i := range e.author.Template.Containers {
		c := &e.author.Template.Containers[i]
		port, ok := readinessPort(c.ReadinessProbe)
		if !ok {
			continue
		}
		if !e.declared(c, port) {
			e.find(Skipped, ProbePortUndeclared, workload.ReadinessProbe(c.Name), fmt.Sprintf("the readiness probe of container %s asks port %s, which no container declares: correct the port, or declare it", c.Name, port.String()))
			continue
		}
		number, _ := portNumber(provenPort{container: c, port: port})
		if serving, differs := e.otherPort(c, number); differs {
			e.find(Skipped, ProbePortDiffers, workload.ReadinessProbe(c.Name), fmt.Sprintf("the readiness probe of container %s asks port %d, and requests come in on port %d, which may not be up yet: let it ask that port", c.Name, number, serving))
		}
	}
}

// readinessPort is the port of this very Pod that a probe asks.
func readinessPort(p *corev1.Probe) (intstr.IntOrString, bool) {
	switch {
	case p == nil:
	case p.HTTPGet != nil:
		return p.HTTPGet.Port, p.HTTPGet.Host == ""
	case p.TCPSocket != nil:
		return p.TCPSocket.Port, p.TCPSocket.Host == ""
	case p.GRPC != nil:
		return intstr.FromInt32(p.GRPC.Port), true
	}
	return intstr.IntOrString{}, false
}

// declared tells whether the port of a probe is one. A kubelet looks up a name in the
// probed container alone; a number needs no declaration, so it counts only where the
// container declares any.
func (e *evaluation) declared(c *workload.Container, port intstr.IntOrString) bool {
	if port.Type == intstr.String {
		return declares(c, port)
	}
	return len(c.Ports) == 0 || anyDeclares(e.author.Template.Containers, port.IntVal) || anyDeclares(e.author.Template.Sidecars, port.IntVal)
}

func anyDeclares(containers []workload.Container, number int32) bool {
	for i := range containers {
		for _, p := range containers[i].Ports {
			if p.ContainerPort == number {
				return true
			}
		}
	}
	return false
}

// otherPort is a port on which an ALB sends requests to the container, if it sends none
// to the given one.
func (e *evaluation) otherPort(c *workload.Container, number int32) (serving int32, differs bool) {
	for i := range e.exposure.Routes {
		r := &e.exposure.Routes[i]
		if !e.behindALB(r) || r.ContainerPort == nil || e.routeContainer(r) != c {
			continue
		}
		if *r.ContainerPort == number {
			return 0, false
		}
		if !differs {
			serving, differs = *r.ContainerPort, true
		}
	}
	return serving, differs
}

// healthCheckDiffers: Kubernetes and the load balancer ask the same port, and not for
// the same path.
func healthCheckDiffers(e *evaluation) {
	for i := range e.exposure.Routes {
		r := &e.exposure.Routes[i]
		if !e.behindALB(r) || r.HealthCheck == nil || r.BackendProtocolVersion == "GRPC" {
			continue
		}
		c := e.routeContainer(r)
		if c == nil || c.ReadinessProbe == nil || c.ReadinessProbe.HTTPGet == nil {
			continue
		}
		port, here := readinessPort(c.ReadinessProbe)
		number, known := portNumber(provenPort{container: c, port: port})
		balancer, kubelet := orRoot(r.HealthCheck.Path), orRoot(c.ReadinessProbe.HTTPGet.Path)
		if here && known && balancer != kubelet && asksPort(r, number) {
			e.find(Skipped, HealthCheckDiffers, workload.ReadinessProbe(c.Name), fmt.Sprintf("the load balancer checks %s and the readiness probe %s, so one may call a Pod healthy and the other not: check the same path", balancer, kubelet))
			return
		}
	}
}

// asksPort tells whether the load balancer checks health on this port of the Pods. A
// number means the node's port when nodes are the targets.
func asksPort(r *topology.Route, number int32) bool {
	if r.HealthCheck.Port == "traffic-port" {
		return r.ContainerPort != nil && *r.ContainerPort == number
	}
	asked, err := strconv.ParseInt(r.HealthCheck.Port, 10, 32)
	return err == nil && r.TargetType == topology.TargetIP && int32(asked) == number
}

func orRoot(path string) string {
	if path == "" {
		return "/" // API default
	}
	return path
}
