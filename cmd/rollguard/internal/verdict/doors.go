package verdict

import (
	"fmt"
	"slices"

	"github.com/rollguard/rollguard/pkg/topology"
)

// Doors names what sends traffic there, each once: first those that decide, as they are the
// most demanding. The admission webhook's warning names the first of them, too.
func Doors(e *topology.Exposure) []string {
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

// Counted names the first of several, and how many more there are; "" for none.
func Counted(doors []string) string {
	switch more := len(doors) - 1; {
	case more < 0:
		return ""
	case more > 0:
		return fmt.Sprintf("%s and %d more", doors[0], more)
	}
	return doors[0]
}

// Deciding is the first route of the kind that decides, nil where an annotation decides.
func Deciding(e *topology.Exposure) *topology.Route {
	for i := range e.Routes {
		if r := &e.Routes[i]; r.Kind() == e.Kind {
			return r
		}
	}
	return nil
}
