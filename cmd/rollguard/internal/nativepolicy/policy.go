package nativepolicy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Options say what the policy is made for.
type Options struct {
	// Name is that of the policy and its binding.
	Name string
	// Label and Value select the namespaces.
	Label, Value string
	// Exposure is how traffic gets to Deployments whose namespace does not say.
	Exposure topology.Kind
	Profiles map[string]api.Profile
	Bounds   api.Bounds
}

// Exposures are those that may be assumed.
func Exposures() []topology.Kind {
	return []topology.Kind{topology.Service, topology.ALBIP, topology.ALBInstance, topology.NLBIP, topology.NLBInstance}
}

// Export writes the policy and its binding as YAML.
func Export(o Options) (string, error) {
	t, err := template.New("policy").Delims("<<", ">>").Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, view{Options: o, Differences: wrapped(Differences())})
	return b.String(), err
}

// view is what the template reads.
type view struct {
	Options

	Differences []string
}

// wrapped are the lines of a comment.
func wrapped(sentences []string) []string {
	var out []string
	for _, s := range sentences {
		line, start := "", "- "
		for _, word := range strings.Fields(s) {
			if line != "" && len(line)+len(word) > 96 {
				out = append(out, start+line)
				line, start = "", "  "
			}
			line = strings.TrimSpace(line + " " + word)
		}
		out = append(out, start+line)
	}
	return out
}

// ProfileMap is a CEL map of seconds: profile to request timeout, margin and, for each
// exposure, propagation delay.
func (v view) ProfileMap() string {
	var entries []string
	for _, name := range slices.Sorted(maps.Keys(v.Profiles)) {
		p := v.Profiles[name]
		entries = append(entries, fmt.Sprintf(`%q: {"T": %d, "M": %d, "service": %d, "alb-ip": %d, "alb-instance": %d, "nlb-ip": %d, "nlb-instance": %d}`,
			name, seconds(p.RequestTimeout), seconds(p.ShutdownMargin), seconds(p.Propagation.Service),
			seconds(p.Propagation.ALBIP), seconds(p.Propagation.ALBInstance), seconds(p.Propagation.NLBIP), seconds(p.Propagation.NLBInstance)))
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// Duration is a CEL expression for an annotation of the namespace in seconds, or another
// expression where it is missing or no duration of whole seconds up to a day.
func (v view) Duration(key, otherwise string) string {
	k := fmt.Sprintf("%q", api.Prefix+key)
	return fmt.Sprintf("%s in variables.ns && variables.ns[%s].matches('^([0-9]{1,5}(h|m|s))+$') && duration(variables.ns[%s]) <= duration('24h') ? duration(variables.ns[%s]).getSeconds() : %s", k, k, k, k, otherwise)
}

// MaxSleep and MaxGrace are the administrator's bounds in seconds; a day where he set none.
func (v view) MaxSleep() int64 { return bound(v.Bounds.MaxPreStopSleep) }

// MaxGrace is the bound of the grace period.
func (v view) MaxGrace() int64 { return bound(v.Bounds.MaxGracePeriod) }

func bound(d time.Duration) int64 {
	if d <= 0 {
		return int64(24 * time.Hour / time.Second)
	}
	return seconds(d)
}
