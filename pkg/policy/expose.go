package policy

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/topology"
)

// expose settles how traffic reaches the Pods: what was found, unless an annotation
// says otherwise, or, for a Deployment that is being created, what its ports let
// expect (kubectl applies a folder by file name, so a Service often comes later).
func (e *evaluation) expose() {
	e.current = ""
	e.unclear = !e.optedOut && e.in.Settings.Exposure.Value == api.ExposureAuto && len(e.exposure.Gaps) > 0
	switch asked := e.in.Settings.Exposure; {
	case e.optedOut:
		e.exposure = topology.Exposure{Kind: topology.None}
		e.result.Exposure = e.exposure
		return
	case asked.Value != api.ExposureAuto:
		e.exposure.Kind = topology.Kind(asked.Value)
	case e.exposure.Kind == topology.None && e.unclear && len(e.evidence.Paths())+len(e.previous.Paths()) > 0:
		e.exposure.Kind, e.assumed = topology.Service, true // something led here before
	case e.exposure.Kind == topology.None && e.in.AssumeService && e.result.Trigger == Created && e.declaresTCPPort():
		e.exposure.Kind = topology.Service
		e.assumed = true
		e.find(Skipped, ExposureAssumed, "", "no route leads to this Deployment yet; it declares a TCP port, so until its next rollout it is treated as exposed by a Service, without probes")
	}
	e.result.Exposure = e.exposure
	e.gaps()
	e.doubts()
	e.expected()
	if e.exposure.Kind == topology.None {
		says := ""
		if e.in.Settings.Exposure.Value != api.ExposureAuto {
			says = api.Prefix + "exposure says that "
		}
		e.find(Skipped, NotExposed, "", says+"nothing sends traffic to this Deployment, so it needs nothing")
	}
}

// gaps says what may lead here and is not known, unless an annotation says all that
// matters of it.
func (e *evaluation) gaps() {
	if !e.unclear {
		return
	}
	what := "a load balancer"
	if e.exposure.Kind.Balanced() {
		what = "another load balancer"
	}
	advice := " (if so, set " + api.Prefix + "exposure)" // before what may be cut off
	for _, gap := range e.exposure.Gaps {
		e.find(AtRisk, ExposureUnclear, "", fmt.Sprintf("%s may send requests here and was not counted%s: %s %s", what, advice, gap.Object, gap.Reason))
		advice = "" // it is the same, and the messages stand in one text
	}
}

// doubts says which routes may not be there. Each reason is said once.
func (e *evaluation) doubts() {
	if !e.exposure.Kind.ALB() {
		return // an annotation says that none counts
	}
	routes := e.exposure.Routes
	for i := range routes {
		doubt := routes[i].Maybe
		said := doubt == nil
		for j := 0; j < i && !said; j++ {
			said = routes[j].Maybe != nil && routes[j].Maybe.Because == doubt.Because
		}
		if !said {
			e.find(Skipped, RouteInDoubt, "", fmt.Sprintf("%s may not be in use, as %s; it is guarded all the same", &routes[i], doubt.Because))
		}
	}
}

// expected says that an Ingress seems to be on its way, where that would change
// anything.
func (e *evaluation) expected() {
	if e.exposure.Kind.ALB() || e.in.Settings.Exposure.Value != api.ExposureAuto {
		return
	}
	for _, x := range e.exposure.Expected {
		e.find(Skipped, ExposureExpected, "", fmt.Sprintf("Service %s has annotations for an ALB, and no Ingress leads to it yet: if one is to come, set %sexposure to %s", x.Service, api.Prefix, x.Kind))
	}
}

func (e *evaluation) declaresTCPPort() bool {
	for i := range e.author.Template.Containers {
		for _, p := range e.author.Template.Containers[i].Ports {
			if p.Protocol == corev1.ProtocolTCP {
				return true
			}
		}
	}
	return false
}
