package rollout

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/rollout/load"
)

// Result is one run of the experiment, as it is kept.
type Result struct {
	Date     time.Time `json:"date"`
	Minutes  float64   `json:"minutes"`
	Versions Versions  `json:"versions"`
	Machine  Machine   `json:"machine"`
	// Sweep is how the load was chosen.
	Sweep    []Step    `json:"sweep"`
	Rollouts []Rollout `json:"rollouts"`
	// LeftOut are batches of the plan that there was no time for.
	LeftOut []string `json:"leftOut,omitempty"`
	// Failed are rollouts that gave no result, with the reason.
	Failed []string `json:"failed,omitempty"`
	// Explained is what "rollguard explain" said of the Deployment of an arm.
	Explained map[string]string `json:"explained,omitempty"`
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

// Step is what one number of users, without a pause, gets from 8 Pods at rest.
type Step struct {
	Users        int        `json:"users"`
	PerSecond    float64    `json:"perSecond"`
	Milliseconds load.Times `json:"milliseconds"`
	Strain       Strain     `json:"strain"`
}

// Strain is what the machine was under while something was measured.
type Strain struct {
	// LoadBefore and LoadAfter are the load averages over one minute.
	LoadBefore float64 `json:"loadBefore"`
	LoadAfter  float64 `json:"loadAfter"`
	// Busy is the share of the processors' time that was used: on average, and in the
	// busiest second.
	Busy    float64 `json:"busy"`
	BusyMax float64 `json:"busyMax"`
	// LateP99 and LateMax are by how many milliseconds a timer of this program was late.
	LateP99 float64 `json:"lateP99"`
	LateMax float64 `json:"lateMax"`
}

// Admitted is what became of the Deployment's manifest in the API server.
type Admitted struct {
	MaxSurge       string `json:"maxSurge"`
	MaxUnavailable string `json:"maxUnavailable"`
	Probes         bool   `json:"probes"`
	Sleep          int64  `json:"sleep"`
	Grace          int64  `json:"grace"`
	MinReady       int32  `json:"minReady"`
	// ByRollguard says that Rollguard had a part in it.
	ByRollguard bool `json:"byRollguard"`
}

// Rollout is one rolling update under load.
type Rollout struct {
	Trial
	Admitted Admitted  `json:"admitted"`
	Begun    time.Time `json:"begun"` // when it was triggered
	// Complete is after how many seconds Kubernetes called it complete, Gone after how
	// many the last old Pod was gone, and Settled after how many every node of the load
	// balancer sent to the new Pods and to no other.
	Complete float64 `json:"complete"`
	Gone     float64 `json:"gone"`
	Settled  float64 `json:"settled"`
	// Client is what k6 saw, Balancer what the load balancer answered over the whole run,
	// and Served what the application's Pods answered on /test, but for probes. Aborted is
	// what they had in hand when they ended.
	Client   load.Summary    `json:"client"`
	Balancer []alb.Responses `json:"balancer"`
	Served   int64           `json:"served"`
	Aborted  int64           `json:"aborted,omitempty"`
	// Silent are Pods that ended without saying what they served, as after SIGKILL.
	Silent int    `json:"silent,omitempty"`
	Series Series `json:"series"`
	Strain Strain `json:"strain"`
	// Faults are why the run proves nothing, where it does not.
	Faults []string `json:"faults,omitempty"`
	// Repeats is how many runs before this one had faults and were made again.
	Repeats int `json:"repeats,omitempty"`
}

// Count is how many requests were lost.
type Count struct {
	Lost, All int64
	Rollouts  int
}

// Add counts a rollout.
func (c *Count) Add(r *Rollout) {
	c.Lost += r.Client.Lost()
	c.All += r.Client.Requests
	c.Rollouts++
}

// Share is the share that was lost.
func (c Count) Share() float64 {
	if c.All == 0 {
		return 0
	}
	return float64(c.Lost) / float64(c.All)
}

// Count adds up the rollouts of one name in a group.
func (r *Result) Count(group, name string) Count {
	var c Count
	for i := range r.Rollouts {
		if r.Rollouts[i].Group == group && r.Rollouts[i].Name == name {
			c.Add(&r.Rollouts[i])
		}
	}
	return c
}

// Disagreements says where client, load balancer and application count differently. A
// rollout with any proves nothing: something was lost that nobody counts.
func (r *Rollout) Disagreements() []string {
	var all, whole, broken int64
	for _, responses := range r.Balancer {
		all += responses.Count
		switch {
		case responses.Status == 200 && responses.Reason == "":
			whole += responses.Count
		case responses.Partial, responses.Reason == alb.Closed, responses.Reason == alb.Reset, responses.Reason == alb.ClientLeft:
			broken += responses.Count
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
	// A process that dies may send an answer that it did not count, or count one that did
	// not get out.
	if r.Silent == 0 && (r.Served+r.Aborted < whole || r.Served > whole+broken) {
		differ("the application served %d requests, the load balancer handed %d on", r.Served, whole)
	}
	return out
}

// Merge adds up what has the same outcome but for the target.
func Merge(all []alb.Responses) []alb.Responses {
	counts := map[alb.Outcome]int64{}
	for _, r := range all {
		r.Target = ""
		counts[r.Outcome] += r.Count
	}
	var out []alb.Responses
	for o, n := range counts {
		out = append(out, alb.Responses{Outcome: o, Count: n})
	}
	slices.SortFunc(out, alb.Compare)
	return out
}

// Reasons are what clients got instead of an answer, the most frequent first.
func Reasons(all []alb.Responses) string {
	counts := map[string]int64{}
	for _, r := range all {
		if r.Status == 200 && r.Reason == "" {
			continue
		}
		what := strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, r.Reason))
		if r.Partial {
			what += ", half an answer"
		}
		counts[what] += r.Count
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for i, k := range keys {
		keys[i] = fmt.Sprintf("%d x %s", counts[k], k)
	}
	return strings.Join(keys, ", ")
}
