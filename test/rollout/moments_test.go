package rollout

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/test/alb"
)

const explained = `{"deployments": {"shop/web": {"timeline": {
	"newPod": [{"at": 0, "name": "serves", "what": "x"}, {"at": 3, "name": "ready"}, {"at": 15, "name": "healthy"}, {"at": 15, "name": "available"}],
	"oldPod": [{"at": 15, "name": "terminating"}, {"at": 20, "name": "last-sent"}, {"at": 25, "name": "sigterm"}, {"at": 45, "name": "sigkill"}]}}}}`

// oneRound is a rollout of one Pod that was as it was predicted, but for what a test moves.
func oneRound() *Record {
	begun := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	at := func(seconds float64) time.Time { return begun.Add(time.Duration(seconds * float64(time.Second))) }
	target := func(seconds float64, pod string, node int, state alb.State) alb.Event {
		return alb.Event{Time: at(seconds), Type: "target", Pod: pod, Node: node, State: state}
	}
	return &Record{
		Trigger: begun, Nodes: 2,
		Lives: map[string]*Life{
			"new": {Created: at(1), Probed: at(10), Ready: at(12.5), Listening: at(9)},
			"old": {Created: at(-60), Deleted: at(25), Stopping: at(35.5), Gone: at(37)},
			"was": {Created: at(-90), Deleted: at(-80), Stopping: at(-70), Gone: at(-70)},
		},
		Events: []alb.Event{
			target(-50, "old", 1, alb.Healthy), target(-50, "old", 2, alb.Healthy),
			target(20, "new", 1, alb.Healthy), target(24, "new", 2, alb.Healthy),
			target(29, "old", 2, alb.Stopped), target(31, "old", 1, alb.Stopped),
		},
	}
}

func prediction(t *testing.T) Prediction {
	t.Helper()
	p, err := ReadPrediction([]byte(explained), "shop/web")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestARolloutIsHeldAgainstItsPrediction(t *testing.T) {
	got, err := oneRound().Moments(prediction(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []Moment{
		{1, "ready", 3, 2.5, 3}, {1, "healthy", 15, 14, 15}, {1, "available", 15, 15, 15},
		{1, "last-sent", 20, 21, 20}, {1, "sigterm", 25, 25.5, 25}, {1, "gone", 45, 27, 25},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i, off := range []float64{-0.5, -1, 0, 1, 0.5, 0} {
		if got[i].Off() != off {
			t.Errorf("%s is off by %g", got[i].Name, got[i].Off())
		}
	}
	table := MomentTable(got)
	for _, line := range []string{"| healthy | 15 | 14.0 | -1.0 |", "| gone | 25 to 45 | 27.0 | +0.0 |"} {
		if !strings.Contains(table, line+"\n") {
			t.Errorf("no line %q in:\n%s", line, table)
		}
	}
}

func TestWhatWasNotSeenIsAnError(t *testing.T) {
	for name, change := range map[string]func(*Record){
		"one node never found it healthy": func(r *Record) { r.Events[3].State = alb.Initial },
		"nobody heard SIGTERM":            func(r *Record) { r.Lives["old"].Stopping = time.Time{} },
		"a Pod too many":                  func(r *Record) { r.Lives["more"] = &Life{Created: r.Trigger.Add(time.Second)} },
		"none":                            func(r *Record) { clear(r.Lives) },
	} {
		t.Run(name, func(t *testing.T) {
			r := oneRound()
			change(r)
			if got, err := r.Moments(prediction(t)); err == nil {
				t.Errorf("got %+v", got)
			}
		})
	}
	if _, err := ReadPrediction([]byte(explained), "shop/worker"); err == nil {
		t.Error("there is a timeline of a Deployment that is not there")
	}
}
