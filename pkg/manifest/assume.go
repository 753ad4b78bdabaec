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

// assumption is what is known of classes that Ingresses name and that are not there.
type assumption struct {
	// names are taken for the AWS Load Balancer Controller's.
	names []string
	// because says why the object is not there.
	because string
	// unless says when to doubt it, other is what to do about a class of another name; empty where it is said elsewhere.
	unless, other string
}

// assumeFiles settles the classes of files, which are the cluster's and in no application's
// manifests.
func (s *Set) assumeFiles() {
	if len(s.options.AssumeClasses) > 0 {
		s.assume(assumption{
			names: s.options.AssumeClasses, because: "is not in the files",
			unless: "where it is not, add the cluster's",
			other:  "add it, or where it is the AWS Load Balancer Controller's, name it in ingressClassAnnotations of --config",
		})
	}
}

// classesUnseen tells whether IngressClasses may not be read. Then those are assumed that
// may be; what is said of the others is a gap of their Ingresses.
func (s *Set) classesUnseen() bool {
	unseen := s.options.Hidden[IngressClasses] != ""
	if unseen && !s.assumed {
		s.assumed = true
		s.assume(assumption{names: s.options.AssumeUnseenClasses, because: "may not be read by you", unless: "where it may not be, ask somebody who may"})
	}
	return unseen
}

// assume puts in the IngressClass that the AWS Load Balancer Controller's own Helm chart
// makes (its value ingressClass, "alb", is the class's name and the controller's flag
// --ingress-class; the controller is ingress.k8s.aws/alb, and no parameter is set), where an
// Ingress names it.
func (s *Set) assume(a assumption) {
	for _, name := range s.missingClasses() {
		if !slices.Contains(a.names, name) {
			if a.other != "" {
				s.Notes = append(s.Notes, fmt.Sprintf("IngressClass %s %s: %s", name, a.because, a.other))
			}
			continue
		}
		s.classes.put("", name, &networkingv1.IngressClass{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       networkingv1.IngressClassSpec{Controller: topology.ControllerLBC},
		})
		s.Notes = append(s.Notes, fmt.Sprintf("IngressClass %s %s: it is assumed to be the AWS Load Balancer Controller's, without parameters; %s", name, a.because, a.unless))
	}
}

// missingClasses are those that Ingresses name by the field, and that are not in the files in
// any form. The annotation needs no object, and beats the field.
func (s *Set) missingClasses() []string {
	var out []string
	for _, ingresses := range s.ingresses {
		for _, ing := range ingresses {
			name := ing.Spec.IngressClassName
			if name == nil || ing.Annotations[annotationClass] != "" || slices.Contains(out, *name) {
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

// annotationClass is the older way to name a class.
const annotationClass = "kubernetes.io/ingress.class"
