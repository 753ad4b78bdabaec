package rollout

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/rollout/load"
)

func sample() Rollout {
	return Rollout{
		Trial: Trial{
			Group: "main", Name: "plain", Arm: "plain", Load: Load{Rate: 200, Seconds: 60},
			Model: Model{Propagation: alb.Exactly(2 * time.Second), Seed: 7},
		},
		Complete: 5.5,
		Client:   load.Summary{Requests: 10, Statuses: map[string]int64{"200": 7, "502": 2}, Errors: map[string]int64{"1000": 1}},
		Balancer: []alb.Responses{
			{Outcome: alb.Outcome{Status: 200, Target: "a"}, Count: 7},
			{Outcome: alb.Outcome{Status: 200, Target: "a", Reason: alb.Closed, Partial: true}, Count: 1},
			{Outcome: alb.Outcome{Status: 502, Reason: alb.Refused}, Count: 2},
		},
		Served: 7,
	}
}

func TestCountsThatAgreeSaySo(t *testing.T) {
	r := sample()
	if got := r.Disagreements(); got != nil {
		t.Errorf("got %q", got)
	}
}

func TestEveryDisagreementIsNamed(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Rollout)
		want   string
	}{
		{"a request that k6 did not count", func(r *Rollout) { r.Balancer[2].Count++ }, "k6 sent 10 requests, the load balancer has had 11"},
		{"an answer that broke behind the load balancer", func(r *Rollout) {
			r.Client.Statuses["200"]--
			r.Client.Errors["1000"]++
		}, "k6 got 6 whole answers with status 200, the load balancer gave 7"},
		{"an answer that nobody gave", func(r *Rollout) { r.Served = 6 }, "the application served 6 requests, the load balancer handed 7 on"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := sample()
			test.change(&r)
			if diff := cmp.Diff([]string{test.want}, r.Disagreements()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAResultIsReadAsItWasWritten(t *testing.T) {
	want := Result{
		Date:     time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Versions: Versions{Rollguard: "abc", Kubernetes: "v1.37.2", Containerd: "v2.4.2", K6: "v1.8.1", Go: "go1.26"},
		Machine:  Machine{CPU: "x", Cores: 2, Kernel: "6.1"},
		Rollouts: []Rollout{sample(), sample()},
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Result
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c := got.Count("main", "plain"); c != (Count{Lost: 6, All: 20, Rollouts: 2}) {
		t.Errorf("lost %d of %d, want 6 of 20", c.Lost, c.All)
	}
}
