package topology

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// TargetGroupBinding is the part that decides here (LBC
// apis/elbv2/v1beta1/targetgroupbinding_types.go).
type TargetGroupBinding struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              TargetGroupBindingSpec `json:"spec"`
}

// TargetGroupBindingSpec says which Service port is registered where.
type TargetGroupBindingSpec struct {
	ServiceRef struct {
		Name string             `json:"name"`
		Port intstr.IntOrString `json:"port"`
	} `json:"serviceRef"`
	TargetType          string `json:"targetType"`
	TargetGroupProtocol string `json:"targetGroupProtocol"`
}

// bindingKinds are the TargetGroupBindings of both controllers.
func bindingKinds() []Optional {
	kind := Optional{
		Kind: "TargetGroupBinding", Resource: "targetgroupbindings", Namespaced: true,
		Why: "Services that are registered in a target group",
		New: func() metav1.Object { return new(TargetGroupBinding) },
	}
	lbc, auto := kind, kind
	lbc.Group, lbc.Versions = "elbv2.k8s.aws", []string{"v1beta1"}
	auto.Group, auto.Versions = autoModeGroup, []string{"v1"}
	return []Optional{lbc, auto}
}

// targetGroupBindingDoor: a binding says that a Service is in a target group now. Its
// protocol tells an ALB from an NLB; health check and attributes are known to AWS only.
//
// The controllers write bindings themselves, one for each target group that they make.
// Such a one counts only where no other door leads to the same port by the same kind of
// load balancer: it is then the only trace of what AWS still does.
func targetGroupBindingDoor(in *inputs) ([]backend, []blind) {
	var out []backend
	var gaps []blind
	for _, kind := range bindingKinds() {
		if !in.known(kind) {
			continue
		}
		all, odd := list[*TargetGroupBinding](in, kind, in.Namespace)
		in.odd(kind, odd)
		for _, tgb := range all {
			if tgb.DeletionTimestamp != nil {
				continue
			}
			b, err := newBinding(in, kind, tgb)
			switch {
			case err != nil:
				gap := Gap{Object: objectName(kind, tgb), Reason: err.Error()}
				gaps = append(gaps, blind{Gap: gap, services: []string{tgb.Spec.ServiceRef.Name}})
			case madeByController(tgb) && in.foundAlready(b):
			default:
				out = append(out, *b)
			}
		}
	}
	return out, gaps
}

func newBinding(in *inputs, kind Optional, tgb *TargetGroupBinding) (*backend, error) {
	ref := tgb.Spec.ServiceRef
	svc, ok := in.services[ref.Name]
	if !ok {
		return nil, fmt.Errorf("names Service %s, which does not exist", ref.Name)
	}
	port := portOf(svc, ref.Port)
	if port == nil {
		return nil, fmt.Errorf("names port %s of Service %s, which has no such port", ref.Port.String(), ref.Name)
	}
	balancer := bindingBalancer(tgb)
	switch {
	case balancer == "":
		return nil, fmt.Errorf("lacks the targetGroupProtocol that would tell whether an ALB or an NLB sends to Service %s", ref.Name)
	case tgb.Spec.TargetType == "":
		return nil, fmt.Errorf("lacks the targetType that would tell whether Pods or nodes are the targets of Service %s", ref.Name)
	case tgb.Spec.TargetType == TargetInstance && !hasNodePorts(svc):
		return nil, needsNodePort(svc)
	}
	r := Route{
		Via: ViaTargetGroupBinding, TargetGroupBinding: fullName(tgb),
		Controller: kind.Group, Balancer: balancer,
		Service: svc.Name, ServicePort: ref.Port.String(),
		TargetType: tgb.Spec.TargetType, BackendProtocol: tgb.Spec.TargetGroupProtocol,
	}
	if balancer == NLB {
		r.Via = ViaService // as an NLB that the Service itself asks for
	}
	return &backend{service: svc, port: port, route: r}, nil
}

// bindingBalancer tells the load balancer by the protocol of its target group. Older
// controllers left the protocol out; the labels of their own bindings tell then for
// which kind of object they were made (LBC pkg/deploy/tracking/provider.go).
func bindingBalancer(tgb *TargetGroupBinding) Balancer {
	switch tgb.Spec.TargetGroupProtocol {
	case "HTTP", "HTTPS":
		return ALB
	case "":
	default: // TCP, UDP, TCP_UDP, TLS, QUIC, TCP_QUIC
		return NLB
	}
	for key := range tgb.Labels {
		switch prefix, name, _ := strings.Cut(key, "/"); {
		case !strings.HasPrefix(name, "stack"):
		case strings.HasPrefix(prefix, "ingress."), prefix == "gateway.k8s.aws.alb":
			return ALB
		case strings.HasPrefix(prefix, "service."), prefix == "gateway.k8s.aws.nlb":
			return NLB
		}
	}
	return ""
}

// madeByController tells whether a controller wrote the binding for another object: its
// labels then name the stack that it belongs to.
func madeByController(tgb *TargetGroupBinding) bool {
	for key := range tgb.Labels {
		prefix, name, _ := strings.Cut(key, "/")
		ours := strings.HasSuffix(prefix, "k8s.aws") || strings.HasPrefix(prefix, "gateway.k8s.aws") || strings.HasSuffix(prefix, autoModeGroup)
		if ours && slices.Contains([]string{"stack", "stack-name", "stack-namespace"}, name) {
			return true
		}
	}
	return false
}

// foundAlready tells whether another door leads to the same port of the Service.
func (in *inputs) foundAlready(b *backend) bool {
	return slices.ContainsFunc(in.found[b.service.Name], func(other backend) bool {
		return other.route.balancer() == b.route.Balancer && other.port.Port == b.port.Port && other.route.TargetGroupBinding == ""
	})
}

// portOf finds a port of a Service by name, or else by number.
func portOf(svc *corev1.Service, ref intstr.IntOrString) *corev1.ServicePort {
	for i := range svc.Spec.Ports {
		p := &svc.Spec.Ports[i]
		if ref.Type == intstr.String && p.Name == ref.StrVal || ref.Type == intstr.Int && p.Port == ref.IntVal {
			return p
		}
	}
	return nil
}

// hasNodePorts tells whether nodes can be targets for the Service.
func hasNodePorts(svc *corev1.Service) bool {
	return svc.Spec.Type == corev1.ServiceTypeNodePort || svc.Spec.Type == corev1.ServiceTypeLoadBalancer
}

func needsNodePort(svc *corev1.Service) error {
	return fmt.Errorf("wants instance targets, for which Service %s would have to be of type NodePort or LoadBalancer", svc.Name)
}
