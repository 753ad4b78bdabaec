package cluster

import (
	"slices"
	"testing"
)

func TestTheListenerHearsWhichGraphsAreThrownAway(t *testing.T) {
	s := &State{graphs: &graphs{known: map[string]entry{"shop": {}}}}
	var heard []string
	s.graphs.forget("nobody-listens")
	s.OnChange(func(namespace string) { heard = append(heard, namespace) })
	s.graphs.forget("shop")
	s.graphs.forgetAll()
	s.OnChange(nil)
	s.graphs.forget("nobody-listens")
	if want := []string{"shop", EveryNamespace}; !slices.Equal(want, heard) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}
