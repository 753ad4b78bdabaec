package posture

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// The conditions are those of kubectl rollout status.
func TestARolloutIsOverWhenKubectlSaysSo(t *testing.T) {
	for name, tc := range map[string]struct {
		item            string
		complete, start bool
	}{
		"all replicas are updated and available": {`{"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":2}}`, true, true},
		"it is paused":                           {`{"metadata":{"generation":2},"spec":{"replicas":2,"paused":true},"status":{"observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":2}}`, true, false},
		"the controller has not seen it yet":     {`{"metadata":{"generation":3},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":2}}`, false, false},
		"one replica is not updated":             {`{"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":2,"updatedReplicas":1,"availableReplicas":2}}`, false, false},
		"an old one is still there":              {`{"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":3,"updatedReplicas":2,"availableReplicas":3}}`, false, false},
		"one is not available":                   {`{"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":1}}`, false, false},
		"it has no replicas":                     {`{"metadata":{"generation":2},"spec":{"replicas":0},"status":{"observedGeneration":2}}`, true, true},
		"replicas are left to the default of 1":  {`{"metadata":{"generation":2},"spec":{},"status":{"observedGeneration":2,"replicas":1,"updatedReplicas":1,"availableReplicas":1}}`, true, true},
		"it has no status at all":                {`{"metadata":{"generation":1},"spec":{}}`, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			item := fastjson.MustParse(tc.item)
			if complete(item) != tc.complete || settled(item) != tc.start {
				t.Errorf("complete %t, may start %t", complete(item), settled(item))
			}
		})
	}
}

func TestOnlyARolloutThatWeAskedForKeepsOthersWaiting(t *testing.T) {
	rolling := `{"metadata":{"generation":2,"annotations":{"rollguard.io/repaired":"%s 7"}},"spec":{},"status":{}}`
	for asked, want := range map[string]bool{"rollout": true, "strategy": false} {
		if got := weRoll(fastjson.MustParse(fmt.Sprintf(rolling, asked))); got != want {
			t.Errorf("after a repair of %s: %t", asked, got)
		}
	}
}

func TestTextIsCutBetweenRunes(t *testing.T) {
	for _, most := range []int{1, 7, 8, 9, 1024} {
		got := shortened(strings.Repeat("aé", 600), most)
		if len(got) > most || !utf8.ValidString(got) {
			t.Errorf("cut to %d: %d bytes, valid %t", most, len(got), utf8.ValidString(got))
		}
	}
	if got := shortened("short", 8); got != "short" {
		t.Errorf("got %q", got)
	}
}

func TestTheTallyForgetsWhatItIsToldTo(t *testing.T) {
	tally := newTally()
	guarded, open := Kind{policy.Guarded, topology.Service}, Kind{policy.Unguarded, topology.Service}
	tally.put("a", map[Kind]int{guarded: 2, open: 1}, map[string]note{"u": {report: 7, vain: 2}})
	tally.put("b", map[Kind]int{guarded: 3}, nil)
	if diff := cmp.Diff(map[Kind]int{guarded: 5, open: 1}, tally.sum()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	tally.forgive()
	if n := tally.note("a", "u"); n.vain != 0 || n.report != 7 {
		t.Errorf("forgiven note %+v", n)
	}
	tally.put("a", map[Kind]int{guarded: 3}, map[string]note{})
	tally.forget("b")
	if diff := cmp.Diff(map[Kind]int{guarded: 3}, tally.sum()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if n := tally.note("a", "u"); n != (note{}) {
		t.Errorf("a Deployment that is not there any more left %+v", n)
	}
}

func TestRepairsKeepToTheBudget(t *testing.T) {
	l := New(Options{RepairsPerMinute: 3})
	for i, want := range []bool{true, true, true, false} {
		if got := l.repairs.take(); got != want {
			t.Errorf("repair %d: %t", i, got)
		}
	}
	l.LimitRepairs(1) // as a changed configuration does
	if !l.repairs.take() || l.repairs.take() {
		t.Error("a new limit does not hold")
	}
}
