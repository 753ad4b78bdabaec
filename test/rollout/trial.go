package rollout

import (
	"fmt"
	"strings"

	"github.com/rollguard/rollguard/test/alb"
)

// Trial is a rolling update to be made: an arm, what is different from it, and under
// which load balancer and load. It is kept with its result.
type Trial struct {
	// Group is what is asked, Name one of the things that are compared for it. Trials with
	// the same two are repetitions.
	Group string `json:"group"`
	Name  string `json:"name"`
	Arm   string `json:"arm"`
	Setting
	Model Model `json:"model"`
	Load  Load  `json:"load"`
}

// Setting is what is different from the arm. The zero value is nothing.
type Setting struct {
	// Replicas is 8 where it is 0.
	Replicas int32 `json:"replicas,omitempty"`
	// Drains makes the application drain at SIGTERM; without it, it dies.
	Drains bool `json:"drains,omitempty"`
	// Gate gives the Pods a readiness gate, as LBC does in a namespace with its label,
	// and the namespace the label.
	Gate bool `json:"gate,omitempty"`
	// Annotations are set on the namespace, without the prefix rollguard.io/; an empty
	// value removes one of the arm's.
	Annotations map[string]string `json:"annotations,omitempty"`
	// StartUp is the flag -start-up of the application, 8s where it is empty; where it is
	// not, an author's startup probe looks every second. Health is the interval and the
	// time-out of the health check in seconds, 15 and 5 where they are 0.
	StartUp string `json:"startUp,omitempty"`
	Health  [2]int `json:"health,omitzero"`
	// HealthLatency is how long the application takes to answer a health check, nothing
	// where it is empty.
	HealthLatency string `json:"healthLatency,omitempty"`
}

// Model is how the load balancer and its controller are, beyond what Ingress and Service
// say. Zero values are the defaults of the model.
type Model struct {
	Propagation alb.Spread `json:"propagation,omitzero"`
	FailOver    alb.Spread `json:"failOver,omitzero"`
	// Reaction is the controller's, from a change of the endpoints to the call of AWS.
	Reaction alb.Spread `json:"reaction,omitzero"`
	// LateChecks has the first health check of a target come as late as it can.
	LateChecks bool `json:"lateChecks,omitempty"`
	// LeaderLost is how many seconds after the trigger the controller loses its leader;
	// 0 is never.
	LeaderLost int    `json:"leaderLost,omitempty"`
	Seed       uint64 `json:"seed"`
}

// Flags are those of the program albmodel.
func (m *Model) Flags() []string {
	out := []string{fmt.Sprintf("-seed=%d", m.Seed)}
	for name, s := range map[string]alb.Spread{"propagation": m.Propagation, "fail-over": m.FailOver, "reaction": m.Reaction} {
		if s != (alb.Spread{}) {
			out = append(out, fmt.Sprintf("-%s=%s,%s,%s", name, s.Min, s.Mid, s.Max))
		}
	}
	if m.LateChecks {
		out = append(out, "-late-checks")
	}
	return out
}

// Load is what is sent: so many users without a pause, or so many requests a second for
// so many seconds.
type Load struct {
	Users   int `json:"users,omitempty"`
	Rate    int `json:"rate,omitempty"`
	Seconds int `json:"seconds,omitempty"`
}

// String says it for people.
func (l Load) String() string {
	if l.Users > 0 {
		return fmt.Sprintf("%d users", l.Users)
	}
	return fmt.Sprintf("%d/s", l.Rate)
}

// ID names the trial in logs and in the names of objects.
func (t *Trial) ID() string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, t.Group+"-"+t.Name)
}
