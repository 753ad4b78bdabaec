package policy

import (
	"encoding/json"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Outcome says what became of one field or one question.
type Outcome string

// The outcomes.
const (
	Changed Outcome = "changed" // a value was written
	Kept    Outcome = "kept"    // an author's value was left alone
	Skipped Outcome = "skipped" // nothing was done, for a reason
	AtRisk  Outcome = "at-risk" // requests may be lost
)

// Finding is one thing that Rollguard decided or noticed. It is the one source of
// warnings, audit annotations, metrics and of what "rollguard explain" prints.
type Finding struct {
	Rule    api.Rule        `json:"rule,omitempty"`
	Outcome Outcome         `json:"outcome"`
	Code    Code            `json:"code"`
	Path    workload.Path   `json:"path,omitempty"`
	Before  json.RawMessage `json:"before,omitempty"`
	After   json.RawMessage `json:"after,omitempty"`
	// Message is one sentence for people, without a full stop.
	Message string `json:"message"`
}

// Change is one value that differs from what the API server would store without
// Rollguard.
type Change struct {
	Path workload.Path `json:"path"`
	// From and To are JSON; null means absent.
	From json.RawMessage `json:"from"`
	To   json.RawMessage `json:"to"`
	Rule api.Rule        `json:"rule"`
}
