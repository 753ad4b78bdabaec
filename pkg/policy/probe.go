package policy

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// probeRule is what the startup and the readiness rule have in common.
type probeRule struct {
	word     string // for people
	settings *api.Probe
	code     Code
	path     func(container string) workload.Path
	present  func(*workload.Container) *corev1.Probe
	// request is the path and scheme to ask for, empty without one.
	request func(provenPort) (path, scheme string)
	// failures is the failure threshold.
	failures int32
}

// run adds the probe to every proven container that has none. Probes are written
// with all defaults filled in: the API server compares before it fills them in
// itself, and would call the other webhooks again.
func (r *probeRule) run(e *evaluation) {
	if r.settings.Kind.Value == api.ProbeNone {
		return
	}
	found := e.provenPorts(r.settings.Port)
	if len(found) == 0 && !e.anyProbe(r.present) {
		e.noPort(r.word)
	}
	for _, p := range found {
		path := r.path(p.container.Name)
		if r.present(p.container) != nil {
			e.find(Kept, ProbeAuthored, path, fmt.Sprintf("container %s has a %s probe of its own", p.container.Name, r.word))
			continue
		}
		probe, text := r.probe(e, p)
		r.holdHandler(e, p, probe)
		e.want(path, probe, r.code, text)
	}
}

func (r *probeRule) probe(e *evaluation, p provenPort) (*corev1.Probe, string) {
	handler, what := r.handler(e, p)
	probe := &corev1.Probe{
		ProbeHandler:     handler,
		TimeoutSeconds:   int32(r.settings.Timeout.Value / time.Second),
		PeriodSeconds:    int32(r.settings.Period.Value / time.Second),
		SuccessThreshold: r.settings.SuccessThreshold.Value,
		FailureThreshold: r.failures,
	}
	return probe, fmt.Sprintf("%s probe %s", r.word, what)
}

// handler never sets a host: Pod Security forbids it from policy version 1.34 on,
// and it would let an annotation send the kubelet anywhere.
func (r *probeRule) handler(e *evaluation, p provenPort) (corev1.ProbeHandler, string) {
	path, scheme := r.request(p)
	kind := r.settings.Kind.Value
	if kind == api.ProbeHTTP && path == "" {
		e.find(AtRisk, ProbePathMissing, r.path(p.container.Name), fmt.Sprintf("the %s probe of container %s was to be http, and no path is known: set %s%s-path", r.word, p.container.Name, api.Prefix, r.word))
	}
	number, isNumber := portNumber(p)
	switch {
	case kind == api.ProbeGRPC && isNumber:
		service := "" // API default
		return corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: number, Service: &service}}, fmt.Sprintf("grpc :%d", number)
	case path != "" && (kind == api.ProbeAuto || kind == api.ProbeHTTP):
		return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
			Path: path, Port: p.port, Scheme: corev1.URIScheme(scheme),
		}}, fmt.Sprintf("GET %s:%s%s", shownScheme(scheme), p.port.String(), path)
	}
	return corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: p.port}}, "tcp :" + p.port.String()
}

// shownScheme is "https " or nothing, as http goes without saying.
func shownScheme(scheme string) string {
	if scheme == string(corev1.URISchemeHTTPS) {
		return "https "
	}
	return ""
}

// portNumber resolves a port name within the container, as a gRPC probe takes
// numbers only.
func portNumber(p provenPort) (int32, bool) {
	if p.port.Type == intstr.Int {
		return p.port.IntVal, true
	}
	for _, declared := range p.container.Ports {
		if declared.Name == p.port.StrVal {
			return declared.ContainerPort, true
		}
	}
	return 0, false
}

// anyProbe tells whether some container already has the probe: then a missing port
// is nobody's worry.
func (e *evaluation) anyProbe(present func(*workload.Container) *corev1.Probe) bool {
	for i := range e.author.Template.Containers {
		if present(&e.author.Template.Containers[i]) != nil {
			return true
		}
	}
	return false
}
