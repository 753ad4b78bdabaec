package topology

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// The two controllers that answer an Ingress with an ALB.
const (
	// ControllerLBC is the AWS Load Balancer Controller.
	ControllerLBC = "ingress.k8s.aws/alb"
	// ControllerAutoMode is EKS Auto Mode's own controller.
	ControllerAutoMode = "eks.amazonaws.com/alb"
)

// paramsGroup is the API group of a controller's class parameters, or "" for a
// controller that makes no ALB.
func paramsGroup(controller string) string {
	switch controller {
	case ControllerLBC:
		return "elbv2.k8s.aws"
	case ControllerAutoMode:
		return "eks.amazonaws.com"
	}
	return ""
}

const (
	annotationClass   = "kubernetes.io/ingress.class"
	annotationDefault = "ingressclass.kubernetes.io/is-default-class"
)

// class is what an Ingress's class decides about its target groups.
type class struct {
	controller        string
	targetType        string // from IngressClassParams; empty when not set
	defaultTargetType string
}

// classLoader tells whether an Ingress belongs to an ALB controller, in the order
// of LBC's pkg/ingress/group_loader.go and class_loader.go.
type classLoader struct {
	src     *Sources
	classes map[string]*networkingv1.IngressClass
	params  map[string]*IngressClassParams
}

func newClassLoader(src *Sources) *classLoader {
	l := &classLoader{
		src:     src,
		classes: make(map[string]*networkingv1.IngressClass, len(src.Classes)),
		params:  make(map[string]*IngressClassParams, len(src.ClassParams)),
	}
	for _, c := range src.Classes {
		l.classes[c.Name] = c
	}
	for _, p := range src.ClassParams {
		l.params[p.Group+"/"+p.Name] = p
	}
	return l
}

// load returns nil when the Ingress is not an ALB's, with a gap when that is so
// only for a mistake.
func (l *classLoader) load(ing *networkingv1.Ingress) (*class, *blind) {
	if ing.DeletionTimestamp != nil {
		return nil, nil
	}
	if name, ok := ing.Annotations[annotationClass]; ok {
		// The annotation decides alone, and on this path LBC ignores the class
		// parameters entirely.
		if !slices.Contains(l.classAnnotations(), name) {
			return nil, nil
		}
		return l.newClass(ControllerLBC, ""), nil
	}
	if ing.Spec.IngressClassName != nil {
		return l.named(ing, *ing.Spec.IngressClassName)
	}
	return l.byDefault(ing)
}

func (l *classLoader) classAnnotations() []string {
	if len(l.src.Options.ClassAnnotations) == 0 {
		return []string{"alb"}
	}
	return l.src.Options.ClassAnnotations
}

func (l *classLoader) newClass(controller, targetType string) *class {
	c := &class{controller: controller, targetType: targetType, defaultTargetType: l.src.Options.DefaultTargetType}
	if c.defaultTargetType == "" {
		c.defaultTargetType = TargetInstance
	}
	return c
}

func (l *classLoader) byDefault(ing *networkingv1.Ingress) (*class, *blind) {
	var defaults []string
	for _, c := range l.src.Classes {
		if c.Annotations[annotationDefault] == "true" {
			defaults = append(defaults, c.Name)
		}
	}
	switch len(defaults) {
	case 0:
		return nil, nil
	case 1:
		return l.named(ing, defaults[0])
	}
	slices.Sort(defaults)
	return nil, ingressGap(ing, fmt.Sprintf("names no class, and there are several default classes: %v", defaults))
}

func (l *classLoader) named(ing *networkingv1.Ingress, name string) (*class, *blind) {
	c, ok := l.classes[name]
	if !ok {
		return nil, ingressGap(ing, fmt.Sprintf("names IngressClass %s, which does not exist", name))
	}
	group := paramsGroup(c.Spec.Controller)
	if group == "" {
		return nil, nil
	}
	ref := c.Spec.Parameters
	if ref == nil {
		return l.newClass(c.Spec.Controller, ""), nil
	}
	if ref.APIGroup == nil || *ref.APIGroup != group || ref.Kind != "IngressClassParams" {
		return nil, ingressGap(ing, fmt.Sprintf("has IngressClass %s, whose parameters are not IngressClassParams of %s", name, group))
	}
	params, ok := l.params[group+"/"+ref.Name]
	if !ok {
		return nil, ingressGap(ing, fmt.Sprintf("has IngressClass %s, whose IngressClassParams %s cannot be found", name, ref.Name))
	}
	matches, err := l.matchesNamespace(params.NamespaceSelector)
	if err != nil {
		return nil, ingressGap(ing, fmt.Sprintf("has IngressClassParams %s with a bad namespaceSelector: %v", ref.Name, err))
	}
	if !matches {
		return nil, nil
	}
	return l.newClass(c.Spec.Controller, params.TargetType), nil
}

func (l *classLoader) matchesNamespace(selector *metav1.LabelSelector) (bool, error) {
	if selector == nil {
		return true, nil
	}
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return false, err
	}
	return s.Matches(labels.Set(l.src.NamespaceLabels)), nil
}
