package report

import (
	"fmt"
	"strconv"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// traffic shows how requests reach the Pods, from the outside in.
func (p *page) traffic() {
	e := &p.v.Decision.Exposure
	if len(p.v.Unread) > 0 {
		p.heading("Traffic (not known)")
		p.line("    %s.", sentence(unread(p.v)))
		return
	}
	p.heading("Traffic (" + p.roads() + ")")
	if len(e.Routes) == 0 {
		text := "    No Service or Ingress%s leads to these Pods"
		switch asked := &p.v.Decision.Settings.Exposure; {
		case e.Kind == topology.None:
		case asked.Asked() && asked.Value != api.ExposureAuto:
			text += "; an annotation says so"
		default:
			text += " yet; they declare a port, so it is assumed (assumeExposure)"
		}
		p.line(text+".", p.where())
		if asked := &p.v.Decision.Settings.Exposure; !asked.Asked() || asked.Value == api.ExposureAuto {
			p.missed()
		}
		return
	}
	last := ""
	for i := range e.Routes {
		r := &e.Routes[i]
		indent := "    "
		balanced := r.Kind().Balanced()
		if balanced {
			if front := r.Front(); front != last {
				p.line("    %s (%s)", front, r.Controller)
				last = front
			}
			indent = "    └─ "
		} else {
			last = ""
		}
		p.line("%s%s", indent, entrance(r, last))
		if balanced {
			indent = "       "
		}
		p.line("%s└─ %s", indent, target(r))
		switch {
		case r.HealthCheck != nil:
			p.line("%s   targets: %s; health check: %s", indent, r.TargetType, healthCheck(r.HealthCheck))
		case balanced:
			p.line("%s   targets: %s; the health check is known to AWS only", indent, r.TargetType)
		}
		if r.Maybe != nil {
			p.line("%s   in doubt: %s", indent, r.Maybe.Because)
		}
	}
}

// severalDoors names the one that decides, where there are others.
func severalDoors(e *topology.Exposure) string {
	doors := e.Fronts()
	if len(doors) < 2 || e.Deciding() == nil {
		return ""
	}
	return ": " + verdict.Counted(doors)
}

// entrance is the Service port, without the Service where the line above has it.
func entrance(r *topology.Route, above string) string {
	if service := topology.ViaService + " " + r.Service; service != above {
		return service + ", port " + r.ServicePort
	}
	return "port " + r.ServicePort
}

// where says what was searched, where that is less than the cluster.
func (p *page) where() string {
	if p.v.Live {
		return ""
	}
	return " in the files"
}

// roads says how requests come, and where that is so that there may be more.
func (p *page) roads() string {
	e := &p.v.Decision.Exposure
	unclear := p.v.Decision.Has(policy.ExposureUnclear)
	switch {
	case !unclear:
		return kindInWords(e.Kind) + severalDoors(e)
	case e.Kind == topology.None:
		return "not known"
	case e.Kind == topology.Service:
		return "through a Service; what else is not known"
	}
	return kindInWords(e.Kind) + severalDoors(e) + "; what else is not known"
}

func kindInWords(k topology.Kind) string {
	switch k {
	case topology.ALBIP:
		return "an ALB sends it straight to the Pods"
	case topology.ALBInstance:
		return "an ALB sends it to the nodes"
	case topology.NLBIP:
		return "an NLB sends it straight to the Pods"
	case topology.NLBInstance:
		return "an NLB sends it to the nodes"
	case topology.Service:
		return "through a Service, without an ALB"
	}
	return "none"
}

func target(r *topology.Route) string {
	port := "port " + r.TargetPort.String()
	if r.ContainerPort != nil {
		port = fmt.Sprintf("port %d", *r.ContainerPort)
	}
	switch {
	case r.Container != nil:
		return "container " + *r.Container + ", " + port
	case r.ContainerPort == nil:
		return "no container: none declares a port named " + r.TargetPort.String()
	}
	return port + ", which no container declares"
}

func healthCheck(h *topology.HealthCheck) string {
	port := "the same port"
	if h.Port != "traffic-port" {
		port = "port " + h.Port
	}
	if h.Path == "" && h.SuccessCodes == "" {
		return fmt.Sprintf("%s on %s every %ds, healthy after %d in a row", h.Protocol, port, h.IntervalSeconds, h.HealthyThreshold)
	}
	return fmt.Sprintf("%s %s on %s every %ds, healthy after %d in a row (codes %s)",
		h.Protocol, shown(h.Path), port, h.IntervalSeconds, h.HealthyThreshold, h.SuccessCodes)
}

// shown is a text out of an annotation as a terminal may get it: on one line, without
// control characters, and not endless.
func shown(text string) string {
	const most = 80
	quoted := strconv.QuoteToASCII(text)
	quoted = quoted[1 : len(quoted)-1]
	if len(quoted) > most {
		return quoted[:most] + "..."
	}
	return quoted
}
