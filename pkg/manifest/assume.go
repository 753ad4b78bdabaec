package manifest

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// IngressClasses is their name in [Options.Hidden]: who may read a namespace, as with the
// role view of Kubernetes, may often not read what stands outside of namespaces.
const IngressClasses = "IngressClass (networking.k8s.io)"

// usual are classes of controllers that are no load balancers of AWS, by the names that their
// own Helm charts give them, with the controller that they are of: ingress-nginx (values.yaml,
// controller.ingressClassResource), traefik (templates/ingressclass.yaml, the release's name),
// kong (charts/kong, ingressController.ingressClass), haproxytech/kubernetes-ingress
// (controller.ingressClassResource).
func usual(name string) (whose, controller string) {
	switch name {
	case "nginx":
		return "ingress-nginx's", "k8s.io/ingress-nginx"
	case "traefik":
		return "Traefik's", "traefik.io/ingress-controller"
	case "kong":
		return "Kong's", "ingress-controllers.konghq.com/kong"
	case "haproxy":
		return "HAProxy's", "haproxy.org/ingress-controller/haproxy"
	}
	return "", ""
}

// missingClass is the clause on a class that is not there, as [topology.Sources] has it.
func (s *Set) missingClass() string {
	switch {
	case s.classesUnseen():
		return "could not be read"
	case s.options.Partial:
		return "is not in the files"
	}
	return ""
}

// classesUnseen tells whether IngressClasses may not be read.
func (s *Set) classesUnseen() bool { return s.options.Hidden[IngressClasses] != "" }

// ClassesSettled tells whether IngressClasses may not be read and nothing hangs on it: each
// that an Ingress names was assumed, at least one was, and no Ingress takes the default one. A
// note says so.
func (s *Set) ClassesSettled() bool { return s.classesUnseen() && s.settled }

// assumeClasses settles, once, the classes that Ingresses name and that are the cluster's: no
// application has them in its manifests, and who may read a namespace often may not read them.
func (s *Set) assumeClasses() {
	if s.assumed || len(s.options.AssumeClasses) == 0 {
		return
	}
	s.assumed = true
	missing := s.missingClasses()
	s.settled = len(missing) > 0 && !s.defaultClassCounts()
	for _, name := range missing {
		whose, controller := usual(name)
		what := fmt.Sprintf("%s (%s), which is no load balancer of AWS", whose, controller)
		if slices.Contains(s.options.AssumeClasses, name) {
			// The controller's own chart makes it so (its value ingressClass, "alb", is the class's
			// name and the controller's flag --ingress-class; no parameter is set).
			what, controller = "the AWS Load Balancer Controller's, without parameters", topology.ControllerLBC
		}
		if controller == "" {
			s.settled = false
			s.noteUnassumed(name)
			continue
		}
		s.classes.put("", name, &networkingv1.IngressClass{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       networkingv1.IngressClassSpec{Controller: controller},
		})
		because, unless := "is not in the files", "where it is not, add the cluster's"
		if s.classesUnseen() {
			because, unless = "may not be read by you", "where it may not be, ask somebody who may"
		}
		s.Notes = append(s.Notes, fmt.Sprintf("IngressClass %s %s: it is assumed to be %s; %s", name, because, what, unless))
	}
}

// noteUnassumed says of files what to do about a class of another name. Of one that may not be
// read, the gap of its Ingresses speaks.
func (s *Set) noteUnassumed(name string) {
	if !s.classesUnseen() {
		s.Notes = append(s.Notes, fmt.Sprintf("IngressClass %s is not in the files: add it, or where it is the AWS Load Balancer Controller's, name it in ingressClassAnnotations of --config", name))
	}
}

// missingClasses are those that Ingresses name by the field, and that are not in the files in
// any form. The annotation needs no object, and beats the field.
func (s *Set) missingClasses() []string {
	var out []string
	for _, ingresses := range s.ingresses {
		for _, ing := range ingresses {
			name := ing.Spec.IngressClassName
			if _, old := ing.Annotations[annotationClass]; name == nil || old || slices.Contains(out, *name) {
				continue
			}
			_, known := s.classes[""][*name]
			_, unreadable := s.definitions["networking.k8s.io/v1 "+kindIngressClass+" "+*name]
			if !known && !unreadable {
				out = append(out, *name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// defaultClassCounts tells whether an Ingress names no class at all.
func (s *Set) defaultClassCounts() bool {
	for _, ingresses := range s.ingresses {
		for _, ing := range ingresses {
			if _, old := ing.Annotations[annotationClass]; !old && ing.Spec.IngressClassName == nil {
				return true
			}
		}
	}
	return false
}

// annotationClass is the older way to name a class.
const annotationClass = "kubernetes.io/ingress.class"
