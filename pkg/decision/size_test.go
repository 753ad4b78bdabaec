package decision_test

import (
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
)

// sized is bare with an argument that brings it to a length.
func sized(t *testing.T, text string, length int) []byte {
	t.Helper()
	const before, after = `"image":"app:1","args":["`, `"],`
	rest := length - len(text) - len(before) - len(after) + len(`"image":"app:1",`)
	out := strings.Replace(text, `"image":"app:1",`, before+strings.Repeat("x", rest)+after, 1)
	if len(out) != length {
		t.Fatalf("length %d, want %d", len(out), length)
	}
	return []byte(out)
}

func withheld(d *decision.Decision) bool {
	for _, f := range d.Findings {
		if f.Code == policy.ObjectTooLarge {
			return true
		}
	}
	return false
}

func TestNothingIsAddedToAnObjectThatEtcdMightThenRefuse(t *testing.T) {
	const limit = 3<<19 - 64<<10
	m, graph := maker(), behind("ip")
	create := func(length int) (write, decision.Decision) {
		w := write{New: sized(t, bare, length), Graph: graph, NativeSleep: true}
		d, err := w.make(m)
		if err != nil {
			t.Fatal(err)
		}
		return w, d
	}
	w, fits := create(limit - 2000)
	if withheld(&fits) || len(fits.Patch) == 0 {
		t.Fatalf("below the limit: findings %+v", fits.Findings)
	}
	grown := len(applied(t, w.New, fits.Patch)) - len(w.New)
	if _, exact := create(limit - grown); withheld(&exact) {
		t.Error("exactly at the limit: nothing was added")
	}
	_, above := create(limit - grown + 1)
	if !withheld(&above) || len(above.Patch) > 0 || len(above.Changes) > 0 {
		t.Fatalf("above the limit: patch %+v, changes %+v", above.Patch, above.Changes)
	}
	for _, f := range above.Findings {
		if f.Outcome == policy.Changed {
			t.Errorf("said to be changed: %+v", f)
		}
	}
}

// Whatever its size, putting back what was dropped keeps the stored object as it is, and
// starts no rollout.
func TestALargeObjectGetsBackWhatItHad(t *testing.T) {
	m, graph := maker(), behind("ip")
	w := write{New: []byte(bare), Graph: graph, NativeSleep: true}
	d, err := w.make(m)
	if err != nil {
		t.Fatal(err)
	}
	const large = 3 << 19
	stored := sized(t, string(applied(t, w.New, d.Patch)), large)
	dropped := sized(t, bare, large-(len(applied(t, w.New, d.Patch))-len(bare)))
	again, err := write{New: dropped, Old: stored, Graph: graph, NativeSleep: true}.make(m)
	if err != nil || withheld(&again) || again.Trigger != policy.FieldsDropped {
		t.Fatalf("error %v, trigger %s, findings %+v", err, again.Trigger, again.Findings)
	}
	if got := applied(t, dropped, again.Patch); len(got) != len(stored) {
		t.Errorf("%d bytes instead of %d", len(got), len(stored))
	}
}
