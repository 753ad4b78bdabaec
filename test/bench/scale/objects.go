package scale

import (
	"encoding/json"
	"fmt"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const annotationPrefix = "alb.ingress.kubernetes.io/"

// meta is the metadata that a chart and a deployment tool leave.
func meta(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name,
		Labels: map[string]string{
			"app.kubernetes.io/name": name, "app.kubernetes.io/instance": namespace, "app.kubernetes.io/managed-by": "Helm",
			"app.kubernetes.io/version": "1.4.2", "helm.sh/chart": "application-3.2.1",
		},
		Annotations: map[string]string{
			"meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace,
			"argocd.argoproj.io/tracking-id": namespace + ":/" + name,
		},
	}
}

// ingress is one of LBC's. Of its annotations, which make most of it, a third is the
// copy that kubectl apply leaves.
func ingress(namespace, name, group string) *networkingv1.Ingress {
	prefix, className := networkingv1.PathTypePrefix, class
	path := func(p, port string) networkingv1.HTTPIngressPath {
		return networkingv1.HTTPIngressPath{Path: p, PathType: &prefix, Backend: networkingv1.IngressBackend{
			Service: &networkingv1.IngressServiceBackend{Name: name, Port: networkingv1.ServiceBackendPort{Name: port}},
		}}
	}
	host := name + "." + namespace + ".example.com"
	ing := &networkingv1.Ingress{ObjectMeta: meta(namespace, name), Spec: networkingv1.IngressSpec{
		IngressClassName: &className,
		TLS:              []networkingv1.IngressTLS{{Hosts: []string{host}}},
		Rules: []networkingv1.IngressRule{{Host: host, IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
			Paths: []networkingv1.HTTPIngressPath{path("/", "http"), path("/api", "http")},
		}}}},
	}}
	maps.Copy(ing.Annotations, settings(host, group))
	if group != "" {
		ing.Finalizers = []string{"group.ingress.k8s.aws/" + group}
	} else {
		ing.Finalizers = []string{"ingress.k8s.aws/resources"}
	}
	applied, err := json.Marshal(ing)
	if err == nil { // it is made of words
		ing.Annotations[corev1.LastAppliedConfigAnnotation] = string(applied)
	}
	return ing
}

func settings(host, group string) map[string]string {
	out := map[string]string{
		"external-dns.alpha.kubernetes.io/hostname":       host,
		annotationPrefix + "scheme":                       "internet-facing",
		annotationPrefix + "target-type":                  "ip",
		annotationPrefix + "listen-ports":                 `[{"HTTP": 80}, {"HTTPS": 443}]`,
		annotationPrefix + "ssl-redirect":                 "443",
		annotationPrefix + "certificate-arn":              "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d-0000-4444-8888-123456789abc",
		annotationPrefix + "healthcheck-path":             "/healthz",
		annotationPrefix + "healthcheck-interval-seconds": "10",
		annotationPrefix + "target-group-attributes":      "deregistration_delay.timeout_seconds=30,stickiness.enabled=false",
		annotationPrefix + "tags":                         "team=platform,environment=production",
	}
	if group != "" {
		out[annotationPrefix+"group.name"], out[annotationPrefix+"group.order"] = group, "10"
	}
	return out
}

func service(namespace, name string) *corev1.Service {
	return &corev1.Service{ObjectMeta: meta(namespace, name), Spec: corev1.ServiceSpec{
		Selector: map[string]string{"app.kubernetes.io/name": name, "app.kubernetes.io/instance": namespace},
		Ports: []corev1.ServicePort{
			{Name: "http", Port: 80, TargetPort: intstr.FromString("http"), Protocol: corev1.ProtocolTCP},
			{Name: "metrics", Port: 9090, TargetPort: intstr.FromString("metrics"), Protocol: corev1.ProtocolTCP},
		},
	}}
}

func podLabels(namespace, name string) map[string]string {
	return map[string]string{"app.kubernetes.io/name": name, "app.kubernetes.io/instance": namespace, "app.kubernetes.io/version": "1.4.2"}
}

// deployment is as an author writes it: Rollguard has something to add.
func deployment(namespace, name string) *appsv1.Deployment {
	replicas := int32(4)
	d := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: meta(namespace, name),
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app.kubernetes.io/name": name}},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: podLabels(namespace, name)}},
		},
	}
	c := corev1.Container{
		Name: "app", Image: "registry.example.com/" + namespace + "/" + name + ":1.4.2",
		Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: corev1.ProtocolTCP}, {Name: "metrics", ContainerPort: 9090, Protocol: corev1.ProtocolTCP}},
	}
	for i := range 20 {
		c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprintf("SET_%02d", i), Value: fmt.Sprintf("value-%02d", i)})
	}
	d.Spec.Template.Spec.Containers = []corev1.Container{c}
	return d
}
