package topology

import (
	"slices"
	"strconv"
)

// Fronts names what sends traffic there, each once: first those that decide, as they are the
// most demanding.
func (e *Exposure) Fronts() []string {
	var first, rest []string
	for i := range e.Routes {
		r := &e.Routes[i]
		front := r.Front()
		switch {
		case r.Kind() == e.Kind && !slices.Contains(first, front):
			first = append(first, front)
		case r.Kind() != e.Kind && !slices.Contains(rest, front):
			rest = append(rest, front)
		}
	}
	rest = slices.DeleteFunc(rest, func(front string) bool { return slices.Contains(first, front) })
	return append(append([]string{}, first...), rest...)
}

// Deciding is the first route of the kind that decides, nil where an annotation decides.
func (e *Exposure) Deciding() *Route {
	for i := range e.Routes {
		if r := &e.Routes[i]; r.Kind() == e.Kind {
			return r
		}
	}
	return nil
}

// Behind is the route that decides, in full, and how many fronts there are beside it; ""
// without routes.
func (e *Exposure) Behind() string {
	switch len(e.Routes) {
	case 0:
		return ""
	case 1: // as nearly always, and each name is an allocation
		return e.Routes[0].String()
	}
	first := e.Deciding()
	if first == nil {
		first = &e.Routes[0]
	}
	if more := len(e.Fronts()) - 1; more > 0 {
		return first.String() + " and " + strconv.Itoa(more) + " more"
	}
	return first.String()
}
