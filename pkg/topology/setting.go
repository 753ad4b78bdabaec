package topology

import (
	"encoding/json"
	"net"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// settingMistakes are the mistakes in settings of the load balancer itself. They
// decide nothing here but whether LBC goes on. What needs AWS or Secrets to be checked
// is believed.
func settingMistakes(a annotations, params *IngressClassParams) []string {
	var out []string
	note := func(err error) {
		if err != nil {
			out = append(out, err.Error())
		}
	}
	note(orderMistake(a))
	if params.Scheme == "" {
		_, err := a.oneOf("scheme", "internal", "internal", "internet-facing")
		note(err)
	}
	if params.IPAddressType == "" {
		_, err := a.oneOf("ip-address-type", "ipv4", "ipv4", "dualstack", "dualstack-without-public-ipv4")
		note(err)
	}
	if name, _ := a.lookup("load-balancer-name"); len(name) > 32 {
		note(unusable("load-balancer-name", "%q is longer than 32 characters", name))
	}
	for _, name := range []string{"load-balancer-attributes", "tags"} {
		_, err := a.pairs(name)
		note(err)
	}
	for _, cidr := range a.list("inbound-cidrs") {
		if _, _, err := net.ParseCIDR(cidr); err != nil {
			note(unusable("inbound-cidrs", "%q is not a range of addresses", cidr))
		}
	}
	var entries []json.RawMessage
	if exists, err := a.structure("mutual-authentication", &entries); err != nil || exists && len(entries) == 0 {
		note(unusable("mutual-authentication", "it is not a JSON list with entries"))
	}
	return out
}

// orderMistake: the order is limited also for an Ingress alone (LBC
// pkg/ingress/group_loader.go).
func orderMistake(a annotations) error {
	order, err := a.number("group.order", 0)
	if err == nil && (order < -1000 || order > 1000) {
		err = unusable("group.order", "%d is not from -1000 to 1000", order)
	}
	return err
}

// condition is what LBC checks of a rule's condition (pkg/ingress/config_types.go):
// the part that goes with the field is there and has values.
type condition struct {
	Field                   string           `json:"field"`
	HostHeaderConfig        *conditionValues `json:"hostHeaderConfig"`
	PathPatternConfig       *conditionValues `json:"pathPatternConfig"`
	HTTPHeaderConfig        *conditionValues `json:"httpHeaderConfig"`
	HTTPRequestMethodConfig *conditionValues `json:"httpRequestMethodConfig"`
	QueryStringConfig       *conditionValues `json:"queryStringConfig"`
	SourceIPConfig          *conditionValues `json:"sourceIPConfig"`
}

type conditionValues struct {
	Values      []json.RawMessage `json:"values"`
	RegexValues []string          `json:"regexValues"`
}

func (c *condition) complete() bool {
	var values *conditionValues
	switch c.Field {
	case "host-header":
		values = c.HostHeaderConfig
	case "path-pattern":
		values = c.PathPatternConfig
	case "http-header":
		values = c.HTTPHeaderConfig
	case "http-request-method":
		values = c.HTTPRequestMethodConfig
	case "query-string":
		values = c.QueryStringConfig
	case "source-ip":
		values = c.SourceIPConfig
	default:
		return true // LBC passes over a field that it does not know
	}
	return values != nil && (len(values.Values) > 0) != (len(values.RegexValues) > 0)
}

// ruleMistake looks at the conditions and transforms that annotations add to the rules
// of a backend. They never add a Service.
func (m *member) ruleMistake(backend string) error {
	var conditions []condition
	if _, err := m.annotations.structure("conditions."+backend, &conditions); err != nil {
		return err
	}
	for i := range conditions {
		if !conditions[i].complete() {
			return unusable("conditions."+backend, "a condition on %s has no values, or two kinds of them", conditions[i].Field)
		}
	}
	var transforms []struct {
		Type string `json:"type"`
	}
	_, err := m.annotations.structure("transforms."+backend, &transforms)
	return err
}

// authMistake: where a backend leads to one Service only, that Service's annotations
// come first (LBC pkg/ingress/auth_config_builder.go).
func authMistake(a annotations, targets []target, services map[string]*corev1.Service) error {
	if len(targets) == 1 {
		if svc := services[targets[0].service]; svc != nil {
			a.service = svc.Annotations
		}
	}
	if _, err := a.oneOf("auth-type", "none", "none", "cognito", "oidc"); err != nil {
		return err
	}
	if _, err := a.number("auth-session-timeout", 0); err != nil {
		return err
	}
	for _, name := range []string{"auth-idp-cognito", "auth-idp-oidc"} {
		var provider map[string]json.RawMessage
		if _, err := a.structure(name, &provider); err != nil {
			return err
		}
	}
	return nil
}

// ipv6 tells whether a Service has an address of IPv6.
func ipv6(svc *corev1.Service) bool {
	for _, family := range svc.Spec.IPFamilies {
		if family == corev1.IPv6Protocol {
			return true
		}
	}
	return false
}

// dualStack tells whether the Ingress asks for a load balancer that speaks IPv6 too.
func (m *member) dualStack() bool {
	kind := m.class.params.IPAddressType
	if kind == "" {
		kind = m.annotations.text("ip-address-type", "")
	}
	return strings.HasPrefix(kind, "dualstack")
}
