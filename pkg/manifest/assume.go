package manifest

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// assumeClasses puts in the IngressClass that the AWS Load Balancer Controller's own Helm
// chart makes (its value ingressClass, "alb", is the class's name and the controller's flag
// --ingress-class; the controller is ingress.k8s.aws/alb, and no parameter is set), where an
// Ingress names it: the class is the cluster's, and in no application's files.
func (s *Set) assumeClasses() {
	if len(s.options.AssumeClasses) == 0 {
		return
	}
	for _, name := range s.missingClasses() {
		if !slices.Contains(s.options.AssumeClasses, name) {
			s.Notes = append(s.Notes, fmt.Sprintf("IngressClass %s is not in the files: add it, or where it is the AWS Load Balancer Controller's, name it in ingressClassAnnotations of --config", name))
			continue
		}
		s.classes.put("", name, &networkingv1.IngressClass{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       networkingv1.IngressClassSpec{Controller: topology.ControllerLBC},
		})
		s.Notes = append(s.Notes, fmt.Sprintf("IngressClass %s is not in the files: it is assumed to be the AWS Load Balancer Controller's, without parameters; where it is not, add the cluster's", name))
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
