package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/timeline"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Report is the JSON form. It is stable: names and their order do not change.
type Report struct {
	// Deployments come sorted by "namespace/name".
	Deployments map[string]Deployment `json:"deployments"`
	Errors      []Failure             `json:"errors"`
}

// Deployment is what is known about one Deployment. Changes are empty for one that
// is not guarded, as nothing is changed in it.
type Deployment struct {
	Routes   []topology.Route `json:"routes"`
	Exposure topology.Kind    `json:"exposure"`
	Mode     api.Mode         `json:"mode"`
	Profile  string           `json:"profile"`
	Settings Settings         `json:"settings"`
	Changes  []policy.Change  `json:"changes"`
	Findings []policy.Finding `json:"findings"`
	// Timeline is null where nothing sends traffic, or the strategy is Recreate.
	Timeline *timeline.Timeline `json:"timeline"`
}

// Failure is an object or a document that could not be evaluated.
type Failure struct {
	Object string `json:"object"`
	Error  string `json:"error"`
}

// New makes the report.
func New(verdicts []verdict.Verdict, failures []error) Report {
	r := Report{Deployments: map[string]Deployment{}, Errors: []Failure{}}
	for i := range verdicts {
		if v := &verdicts[i]; v.Err == nil {
			r.Deployments[v.Deployment.Key()] = describe(v)
		}
	}
	for _, err := range failures {
		r.Errors = append(r.Errors, failure(err))
	}
	return r
}

func describe(v *verdict.Verdict) Deployment {
	d := &v.Decision
	out := Deployment{
		Routes:   append([]topology.Route{}, d.Exposure.Routes...),
		Exposure: d.Exposure.Kind,
		Mode:     d.Settings.Mode.Value,
		Profile:  d.Settings.Profile.Value,
		Settings: settingsOf(v),
		Changes:  append([]policy.Change{}, d.Changes...),
		Findings: append([]policy.Finding{}, d.Findings...),
		Timeline: v.Timeline(),
	}
	switch {
	case len(v.Unread) > 0:
		out.Routes, out.Exposure, out.Changes = []topology.Route{}, "", []policy.Change{}
		out.Findings = []policy.Finding{{
			Outcome: policy.Skipped,
			Code:    "Unreadable",
			Message: unread(v),
		}}
	case !v.Guarded():
		out.Changes = []policy.Change{}
		out.Findings = []policy.Finding{{
			Outcome: policy.Skipped,
			Code:    policy.Code(v.Deployment.Standing),
			Message: standing(v),
		}}
	}
	return out
}

// unread is one sentence on what could not be read.
func unread(v *verdict.Verdict) string {
	return "the " + strings.Join(v.Unread, " and ") + " that lead to these Pods could not be read"
}

// standing is one sentence on why a Deployment is not guarded.
func standing(v *verdict.Verdict) string {
	d := v.Deployment
	switch d.Standing {
	case manifest.OptedOut:
		return "the Deployment has the label " + api.LabelInject + "=" + api.InjectDisabled + ", so it is left alone"
	case manifest.SystemNamespace:
		return "namespace " + d.Namespace + " belongs to Kubernetes and is never changed"
	case manifest.NamespaceExcluded:
		return "namespace " + d.Namespace + " is excluded by the configuration file, whatever its labels say"
	case manifest.NamespaceNotEnabled:
		text := "namespace " + d.Namespace + " does not have the label " + api.LabelInject + "=" + api.InjectEnabled
		if d.Label != "" {
			text += fmt.Sprintf(", but with the value %q", d.Label)
		}
		return text
	}
	if v.Live {
		return "namespace " + d.Namespace + " could not be read, so it is not known whether it is enabled"
	}
	return "namespace " + d.Namespace + " is not in the files, so it does not count as enabled"
}

func failure(err error) Failure {
	known, ok := err.(*manifest.Error) //nolint:errorlint // never wrapped
	if !ok {
		return Failure{Error: err.Error()}
	}
	if known.Object == "" {
		return Failure{Object: known.Place.String(), Error: known.Err.Error()}
	}
	if known.Place.Document == 0 { // of a cluster
		return Failure{Object: known.Object, Error: known.Err.Error()}
	}
	return Failure{Object: known.Object, Error: known.Place.String() + ": " + known.Err.Error()}
}

// JSON writes the report.
func (r Report) JSON() ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(r)
	return out.Bytes(), err
}
