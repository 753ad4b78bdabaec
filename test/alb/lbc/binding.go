package lbc

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/test/alb"
)

// Binding is what a TargetGroupBinding is for LBC: a Service's port, and the target
// group that its endpoints go to.
type Binding struct {
	Namespace, Service string
	// Port is the name of the Service's port, often empty.
	Port string
	// NodePort is the port of every node that leads to the Service, 0 without one.
	NodePort int32
	// TargetType is topology.TargetIP or topology.TargetInstance.
	TargetType  string
	TargetGroup alb.TargetGroup
	// IdleTimeout is the load balancer's, 0 where the Ingress does not set it.
	IdleTimeout time.Duration
}

// Read finds the one target group of an Ingress. It is an error if the Ingress is not
// LBC's, or needs what the model has not: other protocols than HTTP/1.1, class
// parameters, or more than one target group.
func Read(ctx context.Context, client kubernetes.Interface, namespace, name string) (Binding, error) {
	src, err := sources(ctx, client, namespace, name)
	if err != nil {
		return Binding{}, err
	}
	graph := topology.NewGraph(src)
	ingress := src.Ingresses[0]
	var found []Binding
	for _, svc := range src.Services {
		exposure := graph.Exposure(topology.Pods{Labels: svc.Spec.Selector})
		for _, gap := range exposure.Gaps {
			return Binding{}, fmt.Errorf("%s %s", gap.Object, gap.Reason)
		}
		for i := range exposure.Routes {
			r := &exposure.Routes[i]
			if r.Via != topology.ViaIngress || r.Service != svc.Name {
				continue
			}
			b, err := bind(r, svc, ingress)
			if err != nil {
				return Binding{}, fmt.Errorf("ingress %s/%s: %w", namespace, name, err)
			}
			found = append(found, b)
		}
	}
	if len(found) != 1 {
		return Binding{}, fmt.Errorf("ingress %s/%s leads to %d target groups, the model has one", namespace, name, len(found))
	}
	return found[0], nil
}

// sources reads the objects that topology needs.
func sources(ctx context.Context, client kubernetes.Interface, namespace, name string) (topology.Sources, error) {
	src := topology.Sources{Namespace: namespace}
	ingress, err := client.NetworkingV1().Ingresses(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return src, fmt.Errorf("read Ingress: %w", err)
	}
	src.Ingresses = []*networkingv1.Ingress{ingress}
	classes, err := client.NetworkingV1().IngressClasses().List(ctx, metav1.ListOptions{})
	if err != nil {
		return src, fmt.Errorf("list IngressClasses: %w", err)
	}
	for i := range classes.Items {
		src.Classes = append(src.Classes, &classes.Items[i])
	}
	services, err := client.CoreV1().Services(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return src, fmt.Errorf("list Services: %w", err)
	}
	for i := range services.Items {
		src.Services = append(src.Services, &services.Items[i])
	}
	return src, nil
}

// bind makes a target group of a route.
func bind(r *topology.Route, svc *corev1.Service, ingress *networkingv1.Ingress) (Binding, error) {
	b := Binding{Namespace: svc.Namespace, Service: svc.Name, TargetType: r.TargetType}
	hc := r.HealthCheck
	if r.BackendProtocol != "HTTP" || r.BackendProtocolVersion != "HTTP1" || hc.Protocol != "HTTP" {
		return b, fmt.Errorf("the model speaks HTTP/1.1, not %s %s with health checks by %s", r.BackendProtocol, r.BackendProtocolVersion, hc.Protocol)
	}
	for _, p := range svc.Spec.Ports {
		if r.ServicePort == p.Name || r.ServicePort == strconv.Itoa(int(p.Port)) {
			b.Port, b.NodePort = p.Name, p.NodePort
			break
		}
	}
	g := &b.TargetGroup
	g.Path, g.HealthyThreshold = hc.Path, int(hc.HealthyThreshold)
	g.Interval, g.Timeout = seconds(hc.IntervalSeconds), seconds(hc.TimeoutSeconds)
	var err error
	if g.Codes, err = alb.ParseCodes(hc.SuccessCodes); err != nil {
		return b, err
	}
	if hc.Port != "traffic-port" {
		if g.Port, err = strconv.Atoi(hc.Port); err != nil {
			return b, fmt.Errorf("health check port %q is not a number", hc.Port)
		}
	}
	if g.UnhealthyThreshold, err = unhealthyThreshold(svc, ingress); err != nil {
		return b, err
	}
	g.DeregistrationDelay = 300 * time.Second // AWS default
	if r.DeregistrationDelaySeconds != nil {
		g.DeregistrationDelay = seconds(*r.DeregistrationDelaySeconds)
	}
	b.IdleTimeout, err = idleTimeout(ingress)
	return b, err
}

func seconds(n int32) time.Duration { return time.Duration(n) * time.Second }

const prefix = "alb.ingress.kubernetes.io/"

// unhealthyThreshold is the one setting of the target group that topology does not
// need; the Service's annotation beats the Ingress's, and the default of LBC is 2
// (pkg/ingress/model_builder.go).
func unhealthyThreshold(svc *corev1.Service, ingress *networkingv1.Ingress) (int, error) {
	const name = prefix + "unhealthy-threshold-count"
	text, ok := svc.Annotations[name]
	if !ok {
		if text, ok = ingress.Annotations[name]; !ok {
			return 2, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("annotation %s: %q is not a whole number", name, text)
	}
	return n, nil
}

// idleTimeout reads one attribute of the load balancer.
func idleTimeout(ingress *networkingv1.Ingress) (time.Duration, error) {
	const name = prefix + "load-balancer-attributes"
	for _, item := range strings.Split(ingress.Annotations[name], ",") {
		key, value, _ := strings.Cut(item, "=")
		if strings.TrimSpace(key) != "idle_timeout.timeout_seconds" {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil {
			return 0, fmt.Errorf("annotation %s: %q is not a number of seconds", name, value)
		}
		return time.Duration(n) * time.Second, nil
	}
	return 0, nil
}
