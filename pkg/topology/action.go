package topology

import (
	"errors"
	"fmt"
	"strconv"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// useAnnotation as a backend's port name says that the backend's name is an action,
// told by an annotation (LBC pkg/ingress/enhanced_backend_builder.go).
const useAnnotation = "use-annotation"

// target is where a backend sends requests: a port of a Service. The number counts if
// the port has no name.
type target struct {
	service string
	port    networkingv1.ServiceBackendPort
}

// action is what an annotation actions.<name> holds, as far as it decides (LBC
// pkg/ingress/config_types.go). A target group that AWS already has is named by ARN or
// by name and has no Service.
type action struct {
	Type                string               `json:"type"`
	TargetGroupARN      *string              `json:"targetGroupARN"`
	TargetGroupName     *string              `json:"targetGroupName"`
	ForwardConfig       *forwardConfig       `json:"forwardConfig"`
	RedirectConfig      *redirectConfig      `json:"redirectConfig"`
	FixedResponseConfig *fixedResponseConfig `json:"fixedResponseConfig"`
}

type forwardConfig struct {
	TargetGroups                []weightedTarget `json:"targetGroups"`
	TargetGroupStickinessConfig struct {
		Enabled         *bool  `json:"enabled"`
		DurationSeconds *int32 `json:"durationSeconds"`
	} `json:"targetGroupStickinessConfig"`
}

type weightedTarget struct {
	TargetGroupARN  *string             `json:"targetGroupARN"`
	TargetGroupName *string             `json:"targetGroupName"`
	ServiceName     *string             `json:"serviceName"`
	ServicePort     *intstr.IntOrString `json:"servicePort"`
	// Weight 0 counts: the targets are registered all the same.
	Weight *int32 `json:"weight"`
}

type redirectConfig struct {
	StatusCode string  `json:"statusCode"`
	Host       *string `json:"host"`
	Path       *string `json:"path"`
	Port       *string `json:"port"`
	Protocol   *string `json:"protocol"`
	Query      *string `json:"query"`
}

type fixedResponseConfig struct {
	StatusCode  string  `json:"statusCode"`
	ContentType *string `json:"contentType"`
	MessageBody *string `json:"messageBody"`
}

// actionOf reads the action of a backend: that of the annotation, or "forward" to the
// Service that the backend names. Nil is an action that is not there, which LBC
// answers with 503.
func actionOf(b *networkingv1.IngressServiceBackend, a annotations) (*action, error) {
	if b.Port.Name != useAnnotation {
		port := intstr.FromInt32(b.Port.Number)
		if b.Port.Name != "" {
			port = intstr.FromString(b.Port.Name)
		}
		forward := forwardConfig{TargetGroups: []weightedTarget{{ServiceName: &b.Name, ServicePort: &port}}}
		return &action{Type: "forward", ForwardConfig: &forward}, nil
	}
	read := new(action)
	name := "actions." + b.Name
	exists, err := a.structure(name, read)
	if err != nil || !exists {
		return nil, err
	}
	if err := read.check(); err != nil {
		return nil, unusable(name, "%v", err)
	}
	if read.ForwardConfig != nil {
		for _, t := range read.ForwardConfig.TargetGroups {
			if t.ServicePort != nil {
				// The predecessor of LBC wrote numbers as text.
				*t.ServicePort = parsePort(t.ServicePort.String())
			}
		}
	}
	return read, nil
}

// parsePort takes for a name what is no number. (The one of package intstr writes to the
// log when the number is too large.)
func parsePort(text string) intstr.IntOrString {
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return intstr.FromInt32(int32(n))
	}
	return intstr.FromString(text)
}

// targets are the Service ports that the action forwards to.
func (a *action) targets() []target {
	if a == nil || a.Type != "forward" || a.ForwardConfig == nil {
		return nil
	}
	var out []target
	for _, t := range a.ForwardConfig.TargetGroups {
		if t.ServiceName == nil {
			continue
		}
		found := target{service: *t.ServiceName}
		if t.ServicePort.Type == intstr.String {
			found.port.Name = t.ServicePort.StrVal
		} else {
			found.port.Number = t.ServicePort.IntVal
		}
		out = append(out, found)
	}
	return out
}

// single tells whether the action forwards to one target group only.
func (a *action) single() bool { return len(a.ForwardConfig.TargetGroups) == 1 }

func (a *action) check() error {
	byName := a.TargetGroupARN != nil || a.TargetGroupName != nil
	switch a.Type {
	case "fixed-response":
		if c := a.FixedResponseConfig; c == nil || c.StatusCode == "" {
			return errors.New("fixedResponseConfig.statusCode is missing")
		}
		return nil
	case "redirect":
		if c := a.RedirectConfig; c == nil || c.StatusCode == "" {
			return errors.New("redirectConfig.statusCode is missing")
		}
		return nil
	case "forward":
		switch {
		case a.ForwardConfig == nil && !byName:
			return errors.New("a forward needs forwardConfig, targetGroupARN or targetGroupName")
		case a.ForwardConfig != nil && byName:
			return errors.New("a forward has either forwardConfig or targetGroupARN and targetGroupName")
		case a.ForwardConfig != nil:
			return a.ForwardConfig.check()
		}
		return nil
	}
	return fmt.Errorf("type %q is none of forward, redirect, fixed-response", a.Type)
}

func (c *forwardConfig) check() error {
	for i, t := range c.TargetGroups {
		byName := t.TargetGroupARN != nil || t.TargetGroupName != nil
		place := "forwardConfig.targetGroups[" + strconv.Itoa(i) + "]"
		switch {
		case byName && t.ServiceName != nil:
			return fmt.Errorf("%s names a Service and a target group", place)
		case !byName && t.ServiceName == nil:
			return fmt.Errorf("%s names neither a Service nor a target group", place)
		case t.ServiceName != nil && t.ServicePort == nil:
			return fmt.Errorf("%s.servicePort is missing", place)
		case t.Weight == nil && len(c.TargetGroups) > 1:
			return fmt.Errorf("%s.weight is missing, and there are several target groups", place)
		}
	}
	return nil
}
