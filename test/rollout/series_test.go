package rollout

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/test/alb"
)

func TestASeriesPutsAnswersAndPodsIntoSeconds(t *testing.T) {
	begun := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(seconds float64) time.Time { return begun.Add(time.Duration(seconds * float64(time.Second))) }
	second := func(seconds float64, responses ...alb.Responses) alb.Event {
		return alb.Event{Time: at(seconds), Type: "second", Responses: responses}
	}
	seen := func(seconds float64, pod string, node int, state alb.State) alb.Event {
		return alb.Event{Time: at(seconds), Type: "target", Pod: pod, Node: node, State: state}
	}
	ok := alb.Responses{Outcome: alb.Outcome{Status: 200}, Count: 10}
	refused := alb.Responses{Outcome: alb.Outcome{Status: 502, Reason: alb.Refused}, Count: 4}
	record := Record{
		Trigger: begun, From: at(-1), To: at(3), Nodes: 2,
		Lives: map[string]*Life{
			// The old Pod is asked to end at 0.5 and stops at 1.5.
			"old": {Created: at(-60), Listening: at(-50), Deleted: at(0.5), Stopping: at(1.5), Gone: at(1.8)},
			// The new one is there from 0.2 and serves from 1.2.
			"new": {Created: at(0.2), Listening: at(1.2)},
		},
		Events: []alb.Event{
			seen(-40, "old", 0, alb.Healthy), seen(-40, "old", 1, alb.Healthy), seen(-39, "old", 2, alb.Healthy),
			second(0, ok), second(1, ok), second(2, ok, refused),
			seen(2.1, "new", 1, alb.Healthy), seen(2.2, "old", 1, alb.Stopped), second(3, refused),
		},
	}
	want := Series{
		From: -1, OK: []int64{10, 10, 10, 0}, Lost: map[string][]int64{"502 refused": {0, 0, 4, 4}},
		Pods: Pods{
			InUse:    []float64{1, 1, 0, 0.5},
			Missed:   []float64{0, 0, 1, 0.5}, // the node that has not heard of it yet
			Starting: []float64{0, 1, 0, 0},
			Waiting:  []float64{0, 0, 1, 0.5},
			Leaving:  []float64{0, 0, 0, 0},
		},
	}
	got := record.Series()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want, +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int64{0, 0, 4, 4}, got.Losses()); diff != "" {
		t.Error(diff)
	}
	if fewest := got.FewestInUse(); fewest != 0 {
		t.Errorf("at least %.1f Pods were in use, want 0", fewest)
	}
}

func TestAPodThatSleepsAndGetsNothingIsLeaving(t *testing.T) {
	begun := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(seconds int) time.Time { return begun.Add(time.Duration(seconds) * time.Second) }
	record := Record{
		Trigger: begun, From: at(0), To: at(2), Nodes: 1,
		Lives:  map[string]*Life{"old": {Created: at(-60), Listening: at(-50), Deleted: at(0)}},
		Events: []alb.Event{{Time: at(-40), Type: "target", Pod: "old", Node: 1, State: alb.Healthy}, {Time: at(2), Type: "target", Pod: "old", Node: 1, State: alb.Stopped}},
	}
	got := record.Series().Pods
	if diff := cmp.Diff([]float64{1, 0}, got.InUse); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{0, 1}, got.Leaving); diff != "" {
		t.Error(diff)
	}
}
