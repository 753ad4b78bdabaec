package report

import (
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/workload"
)

// shortPath is what people call a field: its last name, after the container's where
// it is a container's.
func shortPath(path workload.Path) string {
	if name, field := path.Container(); name != "" {
		return "container " + name + ", " + strings.TrimPrefix(field, "lifecycle.")
	}
	text := string(path)
	return text[strings.LastIndexByte(text, '.')+1:]
}

// value is a value of a field in one line.
func value(path workload.Path, raw json.RawMessage) string {
	if len(raw) == 0 || string(raw) == "null" {
		return "none"
	}
	_, field := path.Container()
	switch {
	case strings.HasSuffix(field, "Probe"):
		var probe corev1.Probe
		if json.Unmarshal(raw, &probe) == nil {
			return probeInWords(&probe)
		}
	case field != "":
		var hook corev1.LifecycleHandler
		if json.Unmarshal(raw, &hook) == nil {
			return hookInWords(&hook)
		}
	}
	return strings.Trim(string(raw), `"`)
}

func probeInWords(p *corev1.Probe) string {
	what := "exec"
	switch {
	case p.HTTPGet != nil:
		what = fmt.Sprintf("GET %s on port %s", p.HTTPGet.Path, p.HTTPGet.Port.String())
		if p.HTTPGet.Scheme == corev1.URISchemeHTTPS {
			what += " over HTTPS"
		}
	case p.TCPSocket != nil:
		what = "connect to port " + p.TCPSocket.Port.String()
	case p.GRPC != nil:
		what = fmt.Sprintf("gRPC on port %d", p.GRPC.Port)
	}
	return fmt.Sprintf("%s every %ds, timeout %ds, ok after %d, failed after %d",
		what, p.PeriodSeconds, p.TimeoutSeconds, p.SuccessThreshold, p.FailureThreshold)
}

func hookInWords(h *corev1.LifecycleHandler) string {
	switch {
	case h.Sleep != nil:
		return fmt.Sprintf("sleep %ds", h.Sleep.Seconds)
	case h.Exec != nil:
		return "command " + strings.Join(h.Exec.Command, " ")
	}
	return "a hook"
}
