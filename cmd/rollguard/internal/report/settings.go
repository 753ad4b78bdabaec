package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Setting is one value and where it comes from.
type Setting struct {
	Name   string `json:"-"`
	Value  any    `json:"value"`
	Source string `json:"source"`
}

// text is the value in one cell of a table: "strategy, pre-stop".
func (s *Setting) text() string {
	rules, ok := s.Value.([]api.Rule)
	if !ok {
		return fmt.Sprint(s.Value)
	}
	names := make([]string, len(rules))
	for i, rule := range rules {
		names[i] = string(rule)
	}
	return strings.Join(names, ", ")
}

// Settings are in the order in which people read them; in JSON they are an object.
type Settings []Setting

// MarshalJSON writes the object with its members in order.
func (s Settings) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, setting := range s {
		if i > 0 {
			out = append(out, ',')
		}
		value, err := json.Marshal(setting)
		if err != nil {
			return nil, err
		}
		name, err := json.Marshal(setting.Name)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

func (s *Settings) add(name string, value any, source string) {
	switch v := value.(type) {
	case time.Duration:
		value = v.String()
	case intstr.IntOrString:
		value = v.String()
		if v.Type == intstr.Int {
			value = v.IntVal
		}
	}
	*s = append(*s, Setting{Name: name, Value: value, Source: source})
}

// set adds a value that always exists.
func set[T any](s *Settings, name string, v api.Setting[T]) { s.add(name, v.Value, v.Source.String()) }

// optional adds a value if there is one.
func optional[T any](s *Settings, name string, v api.Setting[*T]) {
	if v.Value != nil {
		s.add(name, *v.Value, v.Source.String())
	}
}

// asked adds a value if somebody wrote it.
func asked[T any](s *Settings, name string, v api.Setting[T]) {
	if v.Asked() {
		set(s, name, v)
	}
}

func settingsOf(v *verdict.Verdict) Settings {
	var s Settings
	d := &v.Decision
	settings := &d.Settings
	computed(&s, d)
	set(&s, "maxSurge", settings.MaxSurge)
	set(&s, "maxUnavailable", settings.MaxUnavailable)
	set(&s, "requestTimeout", settings.Timing.RequestTimeout)
	set(&s, "shutdownMargin", settings.Timing.ShutdownMargin)
	propagation(&s, d)
	set(&s, "drainsOnSigterm", settings.Timing.DrainsOnSIGTERM)
	probe(&s, "startup", d)
	probe(&s, "readiness", d)
	asked(&s, "exposure", settings.Exposure)
	asked(&s, "container", settings.Container)
	asked(&s, "keep", settings.Keep)
	asked(&s, "keepReason", settings.KeepReason)
	asked(&s, "rollout", settings.Rollout)
	asked(&s, "owned", settings.MutateOwned)
	s.stands(v)
	return s
}

// computed adds what follows from the other settings. Where nothing was computed, as
// for a Deployment without traffic, only what was asked for is shown.
func computed(s *Settings, d *decision.Decision) {
	c, t := &d.Computed, &d.Settings.Timing
	if c.PreStopSleepSource != "" {
		s.add("preStopSleep", c.PreStopSleep.Value, c.PreStopSleepSource)
	} else {
		optional(s, "preStopSleep", t.PreStopSleep)
	}
	if c.GracePeriodSource != "" {
		s.add("gracePeriod", c.GracePeriod.Value, c.GracePeriodSource)
	} else {
		optional(s, "gracePeriod", t.GracePeriod)
	}
	if c.MinReadySource != "" {
		s.add("minReady", c.MinReady.Value, c.MinReadySource)
	} else {
		optional(s, "minReady", d.Settings.MinReady)
	}
}

// propagation shows the delay that counts for this exposure.
func propagation(s *Settings, d *decision.Decision) {
	p := d.Settings.Timing.Propagation
	delay := p.Value.Service
	switch d.Exposure.Kind {
	case topology.ALBIP:
		delay = p.Value.ALBIP
	case topology.ALBInstance:
		delay = p.Value.ALBInstance
	case topology.NLBIP:
		delay = p.Value.NLBIP
	case topology.NLBInstance:
		delay = p.Value.NLBInstance
	}
	source := p.Source.String()
	if r := d.Exposure.Deciding(); r != nil && len(d.Exposure.Fronts()) > 1 {
		source += ", for " + r.String() // the others are faster
	}
	s.add("propagationDelay", delay, source)
}

func probe(s *Settings, name string, d *decision.Decision) {
	p, path := &d.Settings.Startup, ""
	if name == "readiness" {
		p, path = &d.Settings.Readiness, d.Computed.ReadinessPathSource
	}
	set(s, name+"Probe", p.Kind)
	if path != "" { // it follows from a health check
		s.add(name+"Path", cmp.Or(d.Computed.ReadinessPath, "none"), path)
	} else {
		asked(s, name+"Path", p.Path)
	}
	optional(s, name+"Port", p.Port)
	set(s, name+"Period", p.Period)
	set(s, name+"Timeout", p.Timeout)
	if name == "readiness" {
		set(s, name+"SuccessThreshold", p.SuccessThreshold)
	}
	optional(s, name+"FailureThreshold", p.FailureThreshold)
	optional(s, name+"Budget", p.Budget)
}
