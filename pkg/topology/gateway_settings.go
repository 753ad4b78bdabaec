package topology

import (
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const gatewaySettingsGroup = "gateway.k8s.aws"

// LoadBalancerConfiguration is LBC's configuration of a GatewayClass or Gateway (LBC
// apis/gateway/v1/loadbalancerconfig_types.go).
type LoadBalancerConfiguration struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		MergingMode                     string `json:"mergingMode"`
		DefaultTargetGroupConfiguration *struct {
			Name string `json:"name"`
		} `json:"defaultTargetGroupConfiguration"`
	} `json:"spec"`
}

// TargetGroupConfiguration is how target groups for a Service look (LBC
// apis/gateway/v1/targetgroupconfig_types.go).
type TargetGroupConfiguration struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		TargetReference      *Reference       `json:"targetReference"`
		DefaultConfiguration TargetGroupProps `json:"defaultConfiguration"`
		RouteConfigurations  []struct {
			RouteIdentifier Reference        `json:"routeIdentifier"`
			Props           TargetGroupProps `json:"targetGroupProps"`
		} `json:"routeConfigurations"`
	} `json:"spec"`
}

// TargetGroupProps are the settings of one target group; nil means not set.
type TargetGroupProps struct {
	TargetType            *string                `json:"targetType"`
	Protocol              *string                `json:"protocol"`
	ProtocolVersion       *string                `json:"protocolVersion"`
	HealthCheckConfig     *HealthCheckProps      `json:"healthCheckConfig"`
	TargetGroupAttributes []TargetGroupAttribute `json:"targetGroupAttributes"`
}

// HealthCheckProps are the settings of a health check.
type HealthCheckProps struct {
	HealthyThresholdCount *int32  `json:"healthyThresholdCount"`
	HealthCheckInterval   *int32  `json:"healthCheckInterval"`
	HealthCheckPath       *string `json:"healthCheckPath"`
	HealthCheckPort       *string `json:"healthCheckPort"`
	HealthCheckProtocol   *string `json:"healthCheckProtocol"`
	HealthCheckTimeout    *int32  `json:"healthCheckTimeout"`
	Matcher               *struct {
		HTTPCode *string `json:"httpCode"`
		GRPCCode *string `json:"grpcCode"`
	} `json:"matcher"`
}

// TargetGroupAttribute is one attribute.
type TargetGroupAttribute struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func loadBalancerConfigurationKind() Optional {
	return gatewaySettingsKind("LoadBalancerConfiguration", "the default TargetGroupConfiguration of Gateways", func() metav1.Object { return new(LoadBalancerConfiguration) })
}

func targetGroupConfigurationKind() Optional {
	return gatewaySettingsKind("TargetGroupConfiguration", "target type and health check of what Gateways send to", func() metav1.Object { return new(TargetGroupConfiguration) })
}

func gatewaySettingsKinds() []Optional {
	return []Optional{loadBalancerConfigurationKind(), targetGroupConfigurationKind()}
}

func gatewaySettingsKind(name, why string, object func() metav1.Object) Optional {
	return Optional{
		Group: gatewaySettingsGroup, Versions: []string{"v1", "v1beta1"},
		Kind: name, Resource: plural(name), Namespaced: true, Why: why, New: object,
	}
}

// targetGroupSettings finds what was configured for a route to a Service: the Service's
// own configuration, then the default of the Gateway and of its class, in the order that
// the class's mergingMode says (LBC controllers/gateway/config_resolver.go).
func (in *inputs) targetGroupSettings(kind string, route *GatewayRoute, a *attachment, service string) (TargetGroupProps, error) {
	if reason := in.hidden(targetGroupConfigurationKind()); reason != "" {
		return TargetGroupProps{}, fmt.Errorf("sends to Service %s, and TargetGroupConfigurations %s", service, reason)
	}
	class, err := in.balancerConfiguration(a.class.Spec.ParametersRef, "", a)
	if err != nil {
		return TargetGroupProps{}, err
	}
	var own *LoadBalancerConfiguration
	if infra := a.gateway.Spec.Infrastructure; infra != nil {
		if own, err = in.balancerConfiguration(infra.ParametersRef, a.gateway.Namespace, a); err != nil {
			return TargetGroupProps{}, err
		}
	}
	var out TargetGroupProps
	configuration, err := in.serviceConfiguration(service)
	if err != nil {
		return TargetGroupProps{}, err
	}
	if configuration != nil {
		out.fill(configuration.forRoute(kind, route))
	}
	order := []*LoadBalancerConfiguration{class, own}
	if class != nil && class.Spec.MergingMode == "prefer-gateway" {
		order = []*LoadBalancerConfiguration{own, class}
	}
	for _, c := range order {
		if c == nil || c.Spec.DefaultTargetGroupConfiguration == nil {
			continue
		}
		name := c.Spec.DefaultTargetGroupConfiguration.Name
		byDefault, err := find[*TargetGroupConfiguration](in, targetGroupConfigurationKind(), c.Namespace, name)
		switch {
		case err == nil:
			out.fill(byDefault.forRoute(kind, route))
		case !errors.Is(err, errNotThere):
			return TargetGroupProps{}, fmt.Errorf("is attached to Gateway %s, for which TargetGroupConfiguration %s %w", fullName(a.gateway), name, err)
		}
	}
	return out, nil
}

// balancerConfiguration follows a parametersRef. Without the object LBC deploys nothing.
func (in *inputs) balancerConfiguration(ref *Reference, namespace string, a *attachment) (*LoadBalancerConfiguration, error) {
	if ref == nil || ref.Kind != loadBalancerConfigurationKind().Kind {
		return nil, nil
	}
	if reason := in.hidden(loadBalancerConfigurationKind()); reason != "" {
		return nil, fmt.Errorf("is attached to Gateway %s, and LoadBalancerConfigurations %s", fullName(a.gateway), reason)
	}
	c, err := find[*LoadBalancerConfiguration](in, loadBalancerConfigurationKind(), ref.in(namespace), ref.Name)
	if err != nil {
		return nil, fmt.Errorf("is attached to Gateway %s, for which LoadBalancerConfiguration %s %w", fullName(a.gateway), ref.Name, err)
	}
	return c, nil
}

// serviceConfiguration is the one that names the Service; LBC uses one, and there should be
// no more. It is nil without one.
func (in *inputs) serviceConfiguration(service string) (*TargetGroupConfiguration, error) {
	all, odd := list[*TargetGroupConfiguration](in, targetGroupConfigurationKind(), in.Namespace)
	for _, c := range odd {
		if c.mentions(service) {
			return nil, fmt.Errorf("sends to Service %s, and %s %s", service, objectName(targetGroupConfigurationKind(), c), c.because())
		}
	}
	for _, c := range all {
		ref := c.Spec.TargetReference
		if ref != nil && (ref.Kind == "" || ref.Kind == ViaService) && ref.Name == service {
			return c, nil
		}
	}
	return nil, nil
}

// forRoute is the configuration for one route: what is set for the route, with the rest
// from the default. Kind, namespace and name beat kind and namespace, which beat kind
// (LBC pkg/gateway/config_merger.go).
func (c *TargetGroupConfiguration) forRoute(kind string, route *GatewayRoute) TargetGroupProps {
	var out TargetGroupProps
	best := 0
	for i := range c.Spec.RouteConfigurations {
		id := &c.Spec.RouteConfigurations[i].RouteIdentifier
		rank := 0
		switch {
		case id.Kind != kind:
		case id.Namespace == route.Namespace && id.Name == route.Name:
			rank = 3
		case id.Name != "":
		case id.Namespace == route.Namespace:
			rank = 2
		case id.Namespace == "":
			rank = 1
		}
		if rank > best {
			best, out = rank, c.Spec.RouteConfigurations[i].Props
		}
	}
	out.fill(c.Spec.DefaultConfiguration)
	return out
}

// fill takes from other what is not set. A health check is taken as a whole, attributes
// one by one.
func (p *TargetGroupProps) fill(other TargetGroupProps) {
	if p.TargetType == nil {
		p.TargetType = other.TargetType
	}
	if p.Protocol == nil {
		p.Protocol = other.Protocol
	}
	if p.ProtocolVersion == nil {
		p.ProtocolVersion = other.ProtocolVersion
	}
	if p.HealthCheckConfig == nil {
		p.HealthCheckConfig = other.HealthCheckConfig
	}
	merged := p.TargetGroupAttributes[:len(p.TargetGroupAttributes):len(p.TargetGroupAttributes)]
	for _, a := range other.TargetGroupAttributes {
		if _, set := p.attribute(a.Key); !set {
			merged = append(merged, a)
		}
	}
	p.TargetGroupAttributes = merged
}

func (p *TargetGroupProps) attribute(key string) (string, bool) {
	for _, a := range p.TargetGroupAttributes {
		if a.Key == key {
			return a.Value, true
		}
	}
	return "", false
}
