package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/load"
	"github.com/rollguard/rollguard/test/rollout/plan"
)

// one is a rollout in which some requests were lost.
func one(group, name, arm string, counts [2]int64) rollout.Rollout {
	lost, all := counts[0], counts[1]
	r := rollout.Rollout{
		Trial: rollout.Trial{Group: group, Name: name, Arm: arm, Load: rollout.Load{Rate: 100, Seconds: 3}}, Complete: 6, Served: all - lost,
		Client:   load.Summary{Requests: all, Statuses: map[string]int64{"200": all - lost}},
		Balancer: []alb.Responses{{Outcome: alb.Outcome{Status: 200}, Count: all - lost}},
		Series: rollout.Series{From: -1, OK: []int64{all - lost, 0, 0}, Lost: map[string][]int64{"502 refused": {0, lost, 0}}, Pods: rollout.Pods{
			InUse: []float64{8, 4, 8}, Missed: []float64{0, 4, 0}, Starting: make([]float64, 3), Waiting: make([]float64, 3), Leaving: make([]float64, 3),
		}},
	}
	if lost > 0 {
		r.Client.Statuses["502"] = lost
		r.Balancer = append(r.Balancer, alb.Responses{Outcome: alb.Outcome{Status: 502, Reason: alb.Refused}, Count: lost})
	}
	return r
}

func sample() *rollout.Result {
	return &rollout.Result{
		Date: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Versions: rollout.Versions{Kubernetes: "v1.37.2"},
		Rollouts: []rollout.Rollout{
			one(plan.Ramp, "plain", "plain", [2]int64{10, 1000}), one(plan.Constant, "plain", "plain", [2]int64{250, 1000}),
			one(plan.Ramp, "rollguard", "rollguard", [2]int64{0, 200_000}), one(plan.Constant, "rollguard", "rollguard", [2]int64{0, 150_000}),
			one(plan.Lag, "sleep 0, lag 2 s", "probes", [2]int64{30, 1000}), one(plan.Lag, "sleep 20, lag 2 s", "rollguard", [2]int64{0, 1000}),
			one(plan.Measured, "plain, 2 s", "plain", [2]int64{150, 1000}), one(plan.Measured, "sleep 20, 2 s", "by-hand", [2]int64{0, 1000}),
		},
	}
}

func TestTheReportHasWhatWasCounted(t *testing.T) {
	folder := t.TempDir()
	if err := Write(folder, sample()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"250 of 1,000 requests at a constant rate were\nlost (25.0 % of a load of some 70 s) in 1 rollout of 8 replicas", "with Rollguard 0 of 350,000", "| plain, 2 s | 14.0 %, 18.0 % | 15.0 % |",
		"| Plain loses requests in every rollout. | yes |", "260 x 502 refused",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("it does not say %q", want)
		}
	}
	for _, name := range []string{"rollout", "rollout-plain", "rollout-rollguard", "lag"} {
		if info, err := os.Stat(filepath.Join(folder, name+".svg")); err != nil || info.Size() == 0 {
			t.Errorf("picture %s: %v", name, err)
		}
	}
}

func TestWhatTheResultsBearOutIsChecked(t *testing.T) {
	if err := Check(sample()); err != nil {
		t.Error(err)
	}
	tests := map[string]func(*rollout.Result){
		"Plain loses": func(r *rollout.Result) { r.Rollouts[0] = one(plan.Ramp, "plain", "plain", [2]int64{0, 1000}) },
		"none of 300,000": func(r *rollout.Result) {
			r.Rollouts[2] = one(plan.Ramp, "rollguard", "rollguard", [2]int64{1, 200_000})
		},
		"or more is lost": func(r *rollout.Result) {
			r.Rollouts[2] = one(plan.Ramp, "rollguard", "rollguard", [2]int64{0, 100_000})
		},
		"model gives again": func(r *rollout.Result) {
			r.Rollouts[6] = one(plan.Measured, "plain, 2 s", "plain", [2]int64{280, 1000})
		},
		"count the same": func(r *rollout.Result) { r.Rollouts[3].Faults = []string{"starved"} },
		"and 0 where it is": func(r *rollout.Result) {
			r.Rollouts[7] = one(plan.Measured, "sleep 20, 2 s", "by-hand", [2]int64{1, 1000})
		},
		"Careful bears a lag of": func(r *rollout.Result) {
			r.Rollouts = append(r.Rollouts, one(plan.Profiles, "careful, lag 20 s", "rollguard", [2]int64{1, 1000}))
		},
	}
	for says, change := range tests {
		r := sample()
		change(r)
		if err := Check(r); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want an error with %q", err, says)
		}
	}
}

// TestTheCommittedReportFollowsFromTheCommittedResults keeps docs/experiment/README.md
// and its pictures from being edited, or forgotten.
func TestTheCommittedReportFollowsFromTheCommittedResults(t *testing.T) {
	const committed = "../../../docs/experiment"
	text, err := os.ReadFile(filepath.Join(committed, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r rollout.Result
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := Write(folder, &r); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		want, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(committed, f.Name())); err != nil || string(got) != string(want) {
			t.Errorf("docs/experiment/%s is not what follows from results.json (%v): bin/experiment -draw -out docs/experiment writes it", f.Name(), err)
		}
	}
}

func TestSharesThatAreNotZeroDoNotLookLikeIt(t *testing.T) {
	for share, want := range map[float64]string{0: "0 %", 0.000004: "0.0004 %", 0.0012: "0.12 %", 0.3123: "31.2 %"} {
		if got := percent(share); got != want {
			t.Errorf("%g: %s, want %s", share, got, want)
		}
	}
	if got := thousands(1234567); got != "1,234,567" {
		t.Error(got)
	}
}
