package audit

import (
	"fmt"
	"strings"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/policy"
)

// reasons takes from the findings what explains the state.
func (r *Row) reasons(v *verdict.Verdict) {
	if v.Deployment.Standing == manifest.OptedOut {
		text := "it has the label " + api.LabelInject + "=" + api.InjectDisabled
		if n := len(v.Decision.Changes); n > 0 && !v.Off {
			text += "; what Rollguard added goes at its next rollout"
		}
		r.Reasons = append(r.Reasons, Reason{Code: policy.Code(manifest.OptedOut), Kind: Note, Message: text})
		return
	}
	if r.State == policy.Unexposed {
		if text := v.Denied(); text != "" {
			r.Reasons = append(r.Reasons, Reason{Code: policy.NotExposed, Kind: Note, Message: text})
		}
		return
	}
	for i := range v.Decision.Findings {
		f := &v.Decision.Findings[i]
		kind := r.kind(v, f)
		if kind == "" {
			continue
		}
		reason := Reason{Code: f.Code, Kind: kind, Rule: f.Rule, Message: f.Message}
		if kind == AtRisk {
			reason.Advice = adviceOf(f.Code)
		}
		if !v.Live {
			reason.Line = v.Deployment.Line(f.Path)
		}
		r.Reasons = append(r.Reasons, reason)
	}
}

// kind is empty for a finding that explains nothing.
func (r *Row) kind(v *verdict.Verdict, f *policy.Finding) Kind {
	switch {
	case f.Outcome == policy.AtRisk:
		return AtRisk
	case f.Outcome == policy.Changed && (r.State == policy.Unguarded || r.State == policy.Pending):
		return Missing
	case f.Outcome == policy.Changed && !v.Live && v.Guarded():
		return Added
	case f.Outcome == policy.Skipped && r.State == policy.Exempt, f.Code == policy.KeptOnRequest,
		f.Code == policy.NoReadinessGate && r.State == verdict.Accepted:
		return Note
	}
	return ""
}

func adviceOf(code policy.Code) string {
	for _, e := range policy.Catalogue() {
		if e.Code == code {
			return e.Advice
		}
	}
	return ""
}

// advice is what to do, the most important first.
func advice(r *Row, v *verdict.Verdict) string {
	switch r.State {
	case policy.Unguarded, policy.Pending:
		text := complete(r, v)
		if v.Off && r.State == policy.Unguarded {
			text = "install Rollguard, or switch it on; then " + text
		}
		return text
	case policy.Risky:
		var all []string
		for i := range r.Reasons {
			if r.Reasons[i].Kind == AtRisk {
				all = append(all, r.Reasons[i].do())
			}
		}
		return strings.Join(unique(all), " ")
	case policy.Exempt, verdict.Accepted:
		if len(r.Open) > 0 {
			return "nothing, if that is meant; else " + r.letIn(v)
		}
	}
	return ""
}

// do is what to do about a risk. Where that hangs on what is wrong, it is said too.
func (r *Reason) do() string {
	message := textwidth.FullStop(r.Message)
	switch {
	case r.Advice == "":
		return message
	case r.Code.AboutAnnotation(), r.Code == policy.ValueOutOfBounds:
		return strings.TrimSuffix(r.Advice, ".") + ": " + message
	case r.Code == policy.ExposureUnclear, r.Code == policy.SurgeMayDeadlock:
		return strings.ToUpper(message[:1]) + message[1:] + " " + r.Advice
	}
	return r.Advice
}

// letIn is how the Deployment would be completed.
func (r *Row) letIn(v *verdict.Verdict) string {
	switch {
	case len(v.Kept()) > 0:
		return "take away the annotation " + api.Prefix + "keep"
	case r.State == verdict.Accepted:
		return "see what the annotations " + api.Prefix + "* ask for: rollguard explain"
	case len(r.Reasons) > 0 && r.Reasons[0].Code == policy.OwnedByController:
		return "set the annotation " + api.Prefix + "owned to mutate, if the owner would not undo it"
	}
	return fmt.Sprintf("kubectl label deployment %s -n %s %s-, then restart it", r.Name, r.Namespace, api.LabelInject)
}

// complete says how what is missing gets there.
func complete(r *Row, v *verdict.Verdict) string {
	label, labelled := verdict.Enable(v.Deployment), r.Enabled == "yes" || r.Enabled == "off"
	restart := fmt.Sprintf("kubectl rollout restart deployment/%s -n %s", r.Name, r.Namespace)
	if v.Decision.Paused { // kubectl restarts no other
		restart = fmt.Sprintf("kubectl rollout resume deployment/%s -n %s; then %s", r.Name, r.Namespace, restart)
	}
	switch {
	case labelled && r.Mode == api.Audit:
		return "take away " + api.Prefix + "mode: audit, which lets nothing be changed"
	case !v.Live:
		return "rollguard render writes what is missing; or let admission do it: " + label
	case r.State == policy.Pending:
		return "nothing; it follows at the next rollout"
	case labelled:
		return restart
	}
	return label + "; then " + restart
}
