package manifest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/valyala/fastjson"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/capacity"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Options say how the files are read.
type Options struct {
	// Namespace is where objects without metadata.namespace belong. Empty means
	// "default".
	Namespace string
	// AssumeEnabled takes namespaces that are not in the files for enabled.
	AssumeEnabled bool
	// Excluded are namespaces that are never touched, whatever their labels say.
	Excluded []string
	// Hidden says as a clause, by their names, why objects of optional kinds, or
	// [IngressClasses], are not among the files though there may be some.
	Hidden map[string]string
	// Partial says that the files are not all of a cluster: an IngressClass that is not among
	// them may be in it.
	Partial bool
	// AssumeClasses are the names of IngressClasses that are taken for the AWS Load Balancer
	// Controller's where an Ingress names one that is not there and may exist: in partial
	// files, or where IngressClasses are hidden. With any, the usual names of some other
	// controllers are taken for theirs too. Else nothing is assumed: a class that is not there
	// does not exist.
	AssumeClasses []string
	// Topology says how the cluster's load balancer controller is set up.
	Topology topology.Options
}

// Set is everything that the files hold. It is read once and then only asked, by one
// goroutine at a time.
type Set struct {
	// Deployments are all apps/v1 Deployments, in the order of the files.
	Deployments []*Deployment
	// Errors are the objects and documents that cannot be used. What is decided
	// without them may be wrong.
	Errors []*Error
	// Notes are things that people may want to know and that stop nothing.
	Notes []string

	options     Options
	namespaces  map[string]*corev1.Namespace
	classes     kept[networkingv1.IngressClass]
	optional    map[string]kept[metav1.Object] // by kind and group
	ingresses   kept[networkingv1.Ingress]
	services    kept[corev1.Service]
	unread      map[string][]topology.Gap // by namespace
	rooms       map[string]*capacity.Room
	graphs      map[string]*topology.Graph
	definitions map[string]Place
	assumed     bool                                     // it was settled what missing classes are
	settled     bool                                     // and nothing is left to wonder about
	parser      fastjson.Parser                          // a list of a cluster takes megabytes as a tree
	passed      map[typeMeta]int                         // workloads of kinds that nobody looks at
	tied        map[topology.Tie][]*networkingv1.Ingress // built when first asked for
}

// kept are the objects of one kind, by namespace and name: where one stands in
// several documents, the last is what the cluster ends up with.
type kept[T any] map[string]map[string]*T

func (k kept[T]) put(namespace, name string, object *T) {
	if k[namespace] == nil {
		k[namespace] = map[string]*T{}
	}
	k[namespace][name] = object
}

// NewSet reads all objects of the files. It never fails: see [Set.Errors].
func NewSet(files []*File, options Options) *Set {
	if options.Namespace == "" {
		options.Namespace = "default"
	}
	s := &Set{
		options:     options,
		namespaces:  map[string]*corev1.Namespace{},
		classes:     kept[networkingv1.IngressClass]{},
		optional:    map[string]kept[metav1.Object]{},
		ingresses:   kept[networkingv1.Ingress]{},
		services:    kept[corev1.Service]{},
		unread:      map[string][]topology.Gap{},
		rooms:       map[string]*capacity.Room{},
		graphs:      map[string]*topology.Graph{},
		definitions: map[string]Place{},
		passed:      map[typeMeta]int{},
	}
	s.add(files)
	if options.Partial {
		s.assumeClasses()
	}
	return s
}

// Pass reads one file more, and hands over its Deployments instead of keeping them: a
// cluster has thousands, and whoever has looked at one seldom needs it again. Namespaces
// must have been read before.
func (s *Set) Pass(f *File) []*Deployment {
	kept := len(s.Deployments)
	s.add([]*File{f})
	out := slices.Clone(s.Deployments[kept:])
	clear(s.Deployments[kept:])
	s.Deployments = s.Deployments[:kept]
	return out
}

func (s *Set) add(files []*File) {
	first := len(s.Deployments)
	for _, f := range files {
		for _, d := range f.documents {
			s.addDocument(d)
		}
		for _, o := range f.decoded {
			s.keep(o)
		}
	}
	// Last, as a Namespace may stand behind its Deployments.
	for _, d := range s.Deployments[first:] {
		s.settleStanding(d)
	}
}

func (s *Set) addDocument(d *document) {
	if err := d.parse(&s.parser, s.options.Namespace); err != nil {
		s.report(d, err)
		return
	}
	for _, o := range d.objects {
		switch {
		case o.kind == "":
			s.Notes = append(s.Notes, fmt.Sprintf("%s: an object without a kind is passed through unchanged", d.place))
		case o.used():
			if !d.served {
				s.noteDefinition(o)
			}
			if err := s.addObject(o); err != nil {
				s.report(d, o.fail(err))
				s.noteUnread(o, err)
			}
		case o.workload():
			s.passed[typeMeta{o.apiVersion, o.kind}]++
		}
	}
}

func (s *Set) report(d *document, err error) {
	var known *Error
	if !errors.As(err, &known) {
		known = &Error{Place: d.place, Err: err}
	}
	s.Errors = append(s.Errors, known)
}

// noteUnread remembers what may lead to Pods and cannot be decoded. Objects of optional
// kinds are remembered by their kind.
func (s *Set) noteUnread(o *object, err error) {
	if o.kind == kindIngress || o.kind == kindService {
		s.unread[o.namespace] = append(s.unread[o.namespace], topology.Gap{Object: o.String(), Reason: "cannot be read: " + err.Error()})
	}
}

// noteDefinition says when an object stands twice, as people seldom mean that.
func (s *Set) noteDefinition(o *object) {
	key := o.apiVersion + " " + o.String()
	if first, twice := s.definitions[key]; twice {
		s.Notes = append(s.Notes, fmt.Sprintf("%s stands in %s and again in %s; the last one counts", o, first, o.doc.place))
	}
	s.definitions[key] = o.doc.place
}

func (s *Set) addObject(o *object) error {
	switch o.kind {
	case kindNamespace:
		return s.addNamespace(o)
	case kindIngressClass:
		return addTo(s.classes, o)
	case kindIngress:
		return s.addIngress(o)
	case kindService:
		return s.addService(o)
	case kindClaim:
		return s.addClaim(o)
	case kindQuota:
		return s.addQuota(o)
	}
	if kind := o.optional(); kind != nil {
		return s.addOptional(o, kind)
	}
	return s.addDeployment(o)
}
