package topology

import (
	"cmp"
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
	controller string
	// params are never nil.
	params            *IngressClassParams
	defaultTargetType string
}

// classError says why the class of an Ingress cannot be told. It is a clause that
// follows the name of the Ingress.
type classError struct {
	reason string
	// blocking is set where LBC gives up whatever group it is loading (group_loader.go
	// tolerates only what it calls an invalid class).
	blocking bool
	// unseen is as in [Gap].
	unseen bool
}

// classLoader tells whether an Ingress belongs to an ALB controller, in the order
// of LBC's pkg/ingress/group_loader.go and class_loader.go.
type classLoader struct {
	src      *Sources
	classes  map[string]*networkingv1.IngressClass
	params   map[string]*IngressClassParams
	defaults []string // the default classes, sorted
}

func newClassLoader(src *Sources) *classLoader {
	l := &classLoader{
		src:     src,
		classes: make(map[string]*networkingv1.IngressClass, len(src.Classes)),
		params:  make(map[string]*IngressClassParams, len(src.ClassParams)),
	}
	for _, c := range src.Classes {
		l.classes[c.Name] = c
		if c.Annotations[annotationDefault] == "true" {
			l.defaults = append(l.defaults, c.Name)
		}
	}
	slices.Sort(l.defaults)
	for _, p := range src.ClassParams {
		l.params[p.Group+"/"+p.Name] = p
	}
	return l
}

// load returns nil when the Ingress is not an ALB's, with an error when that is so
// only for its class. It takes a way to the labels of the Ingress's namespace, which are
// seldom needed.
func (l *classLoader) load(ing *networkingv1.Ingress, namespace func() map[string]string) (*class, *classError) {
	if ing.DeletionTimestamp != nil {
		return nil, nil
	}
	if name, ok := ing.Annotations[annotationClass]; ok {
		// The annotation decides alone, and on this path LBC ignores the class
		// parameters entirely.
		if !slices.Contains(l.classAnnotations(), name) {
			return nil, nil
		}
		return l.newClass(ControllerLBC, new(IngressClassParams)), nil
	}
	switch {
	case ing.Spec.IngressClassName != nil:
		return l.named(*ing.Spec.IngressClassName, namespace)
	case l.src.ClassesUnseen:
		return nil, &classError{reason: "names no IngressClass, and which one is the default could not be read", unseen: true}
	case len(l.defaults) == 0:
		return nil, nil
	case len(l.defaults) == 1:
		return l.named(l.defaults[0], namespace)
	}
	return nil, &classError{reason: fmt.Sprintf("names no class, and there are several default classes: %v", l.defaults), blocking: true}
}

func (l *classLoader) classAnnotations() []string {
	if len(l.src.Options.ClassAnnotations) == 0 {
		return []string{"alb"}
	}
	return l.src.Options.ClassAnnotations
}

func (l *classLoader) newClass(controller string, params *IngressClassParams) *class {
	c := &class{controller: controller, params: params, defaultTargetType: l.src.Options.DefaultTargetType}
	if c.defaultTargetType == "" {
		c.defaultTargetType = TargetInstance
	}
	return c
}

func (l *classLoader) named(name string, namespace func() map[string]string) (*class, *classError) {
	c, ok := l.classes[name]
	if !ok {
		missing := cmp.Or(l.src.MissingClass, errNotThere.Error())
		return nil, &classError{reason: fmt.Sprintf("names IngressClass %s, which %s", name, missing), unseen: l.src.ClassesUnseen}
	}
	group := paramsGroup(c.Spec.Controller)
	if group == "" {
		return nil, nil
	}
	ref := c.Spec.Parameters
	if ref == nil {
		return l.newClass(c.Spec.Controller, new(IngressClassParams)), nil
	}
	if ref.APIGroup == nil || *ref.APIGroup != group || ref.Kind != "IngressClassParams" {
		return nil, &classError{reason: fmt.Sprintf("has IngressClass %s, whose parameters are not IngressClassParams of %s", name, group)}
	}
	params, ok := l.params[group+"/"+ref.Name]
	missing := "cannot be found"
	switch {
	case ok:
		missing = params.Unread
	case l.src.hiddenParams[group] != "":
		missing = l.src.hiddenParams[group]
	}
	if missing != "" {
		return nil, &classError{reason: fmt.Sprintf("has IngressClass %s, whose IngressClassParams %s %s", name, ref.Name, missing)}
	}
	chosen, err := selected(params.NamespaceSelector, namespace)
	if err != nil {
		return nil, &classError{reason: fmt.Sprintf("has IngressClassParams %s with a bad namespaceSelector: %v", ref.Name, err)}
	}
	if !chosen {
		return nil, &classError{reason: fmt.Sprintf("is refused by its controller, as the namespaceSelector of IngressClassParams %s leaves out its namespace", ref.Name)}
	}
	return l.newClass(c.Spec.Controller, params), nil
}

// groupOf is the group that a class puts all its Ingresses into, if it names one.
func (l *classLoader) groupOf(c *networkingv1.IngressClass) (string, bool) {
	if c.Spec.Parameters == nil {
		return "", false
	}
	params, ok := l.params[paramsGroup(c.Spec.Controller)+"/"+c.Spec.Parameters.Name]
	if !ok || params.IngressGroup == nil {
		return "", false
	}
	return params.IngressGroup.Name, true
}

func (s *Sources) ownLabels() map[string]string { return s.NamespaceLabels }

func selected(selector *metav1.LabelSelector, namespace func() map[string]string) (bool, error) {
	if selector == nil {
		return true, nil
	}
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return false, err
	}
	return s.Matches(labels.Set(namespace())), nil
}
