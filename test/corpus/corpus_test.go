package corpus

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/rollguard/rollguard/pkg/topology"
)

func TestTheRoutesAreThoseOfTheLoadBalancerController(t *testing.T) {
	used := map[string]bool{}
	for _, name := range cases(t) {
		t.Run(name, func(t *testing.T) {
			want, got := expected(t, name), found(t, name)
			if w, g := slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)); !slices.Equal(w, g) {
				t.Fatalf("Deployments %v, want %v", g, w)
			}
			for deployment, exposure := range got {
				c := comparison{T: t, place: name + " " + deployment, used: used}
				c.compare(want[deployment], exposure)
			}
		})
	}
	for place := range differences() {
		if !used[place] {
			t.Errorf("%s: nothing differs any more, so it does not belong into the list", place)
		}
	}
}

// comparison holds one Deployment against LBC's verdict.
type comparison struct {
	*testing.T

	place string // case and Deployment
	// used collects the known differences that are there.
	used map[string]bool
}

func (c *comparison) compare(want verdict, got topology.Exposure) {
	c.Helper()
	reasons := map[string]string{}
	for _, r := range want.Routes {
		c.note(reasons, r, "")
	}
	for _, r := range want.MaybeRoutes {
		c.note(reasons, r, r["reason"].(string))
	}
	seen := map[string]bool{}
	for i := range got.Routes {
		r := &got.Routes[i]
		if r.Via == topology.ViaService || r.Controller == topology.ControllerAutoMode {
			continue
		}
		key, doubt := c.identity(published(c.T, r)), ""
		if r.Maybe != nil {
			doubt = string(r.Maybe.Reason)
		}
		reason, known := reasons[key]
		switch {
		case seen[key]:
			c.Errorf("%s: found twice: %s", c.place, key)
		case !known:
			c.Errorf("%s: LBC does not make this route: %s", c.place, key)
		case reason != doubt:
			c.differs(key, reason, doubt)
		}
		seen[key] = true
		if got.Kind == topology.None || got.Kind == topology.Service {
			c.Errorf("%s: exposure %s, and yet there is %s", c.place, got.Kind, key)
		}
	}
	for key, reason := range reasons {
		switch {
		case seen[key]:
		case reason == "":
			c.Errorf("%s: not found: %s", c.place, key)
		case len(got.Gaps) == 0:
			c.Errorf("%s: not found, and nothing says why it may be there (%s): %s", c.place, reason, key)
		}
	}
}

// note adds a route that LBC makes, or may have made.
func (c *comparison) note(reasons map[string]string, r route, reason string) {
	reasons[c.identity(r)] = reason
}

// identity is a route with all its fields but those that the corpus does not know.
func (c *comparison) identity(r route) string {
	c.Helper()
	plain := maps.Clone(r)
	for _, field := range []string{"controller", "maybe", "reason"} {
		delete(plain, field)
	}
	text, err := json.Marshal(plain)
	if err != nil {
		c.Fatal(err)
	}
	return string(text)
}

// differs reports a doubt that only one side has, or that has another reason.
func (c *comparison) differs(key, want, got string) {
	c.Helper()
	if _, known := differences()[c.place]; known && want != "" {
		c.used[c.place] = true
		return
	}
	c.Errorf("%s: in doubt for the reason %q, want %q: %s", c.place, got, want, key)
}
