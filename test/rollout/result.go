package rollout

import (
	"fmt"
	"time"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/rollout/load"
)

// Result is one run of the experiment, as it is kept.
type Result struct {
	Date     time.Time `json:"date"`
	Versions Versions  `json:"versions"`
	Machine  Machine   `json:"machine"`
	Rollouts []Rollout `json:"rollouts"`
}

// Versions say what was run.
type Versions struct {
	Rollguard  string `json:"rollguard"` // version control revision
	Kubernetes string `json:"kubernetes"`
	Containerd string `json:"containerd"`
	K6         string `json:"k6"`
	Go         string `json:"go"`
}

// Machine says where.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Kernel string `json:"kernel"`
}

// Rollout is one rolling update of one arm under load.
type Rollout struct {
	Arm string `json:"arm"`
	// Model is how the load balancer was started: its flags, with the seed.
	Model map[string]string `json:"model"`
	// Load says in words what was sent.
	Load string `json:"load"`
	// Seconds is how long the rollout took.
	Seconds float64 `json:"seconds"`
	// Client is what k6 saw, Balancer what the load balancer answered over the whole run,
	// and Served what the application's Pods answered on /test.
	Client   load.Summary    `json:"client"`
	Balancer []alb.Responses `json:"balancer"`
	Served   int64           `json:"served"`
}

// Count is how many requests of an arm were lost.
type Count struct {
	Lost, All int64
}

// Count adds up the rollouts of an arm.
func (r *Result) Count(arm string) Count {
	var c Count
	for i := range r.Rollouts {
		if r.Rollouts[i].Arm == arm {
			c.Lost += r.Rollouts[i].Client.Lost()
			c.All += r.Rollouts[i].Client.Requests
		}
	}
	return c
}

// Disagreements says where client, load balancer and application count differently. A
// rollout with any proves nothing: something was lost that nobody counts.
func (r *Rollout) Disagreements() []string {
	var all, whole int64
	for _, responses := range r.Balancer {
		all += responses.Count
		if responses.Status == 200 && responses.Reason == "" {
			whole += responses.Count
		}
	}
	var out []string
	differ := func(what string, a, b int64) {
		if a != b {
			out = append(out, fmt.Sprintf(what, a, b))
		}
	}
	differ("k6 sent %d requests, the load balancer has had %d", r.Client.Requests, all)
	differ("k6 got %d whole answers with status 200, the load balancer gave %d", r.Client.Statuses["200"], whole)
	if r.Served < whole {
		// More is possible: an answer that a client no longer waited for.
		differ("the application served %d requests, the load balancer handed %d on", r.Served, whole)
	}
	return out
}
