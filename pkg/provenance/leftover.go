package provenance

import (
	"encoding/json"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/workload"
)

// handlers are the members of a probe or a hook of which exactly one may be there.
func handlers() []string { return []string{"exec", "httpGet", "tcpSocket", "grpc", "sleep"} }

// timings are the members of a probe that the API server fills in, with its defaults
// (Kubernetes pkg/apis/core/v1/defaults.go, SetDefaults_Probe).
func timings() map[string]string {
	return map[string]string{"timeoutSeconds": "1", "periodSeconds": "10", "successThreshold": "1", "failureThreshold": "3"}
}

// WithoutLeftovers is a probe or hook that its author wrote, without what is left in
// it of ours; nil when nothing is. Nobody owns our fields, so an apply merges the
// author's with them: a second handler, which validation refuses, or our timings
// where he expects the defaults.
func (e *Evidence) WithoutLeftovers(p workload.Path) json.RawMessage {
	value := e.deployment.Get(p)
	if value == nil || e.Has(p) || value.GetObject() == nil {
		return nil
	}
	var parser fastjson.Parser
	clean, err := parser.ParseBytes(value.MarshalTo(nil))
	if err != nil {
		return nil
	}
	changed := false
	for _, r := range e.records {
		recorded, ok := r.values[p]
		if !ok || recorded.GetObject() == nil {
			continue
		}
		changed = dropHandler(clean, recorded) || changed
		changed = e.resetTimings(p, clean, recorded) || changed
	}
	if !changed {
		return nil
	}
	return clean.MarshalTo(nil)
}

// dropHandler takes our handler away where there are two.
func dropHandler(clean, recorded *fastjson.Value) bool {
	var present []string
	for _, h := range handlers() {
		if clean.Get(h) != nil {
			present = append(present, h)
		}
	}
	if len(present) < 2 {
		return false
	}
	for _, h := range present {
		if ours := recorded.Get(h); ours != nil && workload.Equal(ours, clean.Get(h)) {
			clean.Del(h)
			return true
		}
	}
	return false
}

// resetTimings puts the API's defaults where our numbers are left over. It wants a
// manifest of the author's that has the probe and lacks the number: without one, a
// number that he saw and kept is his.
func (e *Evidence) resetTimings(p workload.Path, clean, recorded *fastjson.Value) bool {
	if !e.written(p) {
		return false
	}
	changed := false
	for name, byDefault := range timings() {
		ours, now := recorded.Get(name), clean.Get(name)
		if ours == nil || now == nil || !workload.Equal(ours, now) || string(now.MarshalTo(nil)) == byDefault {
			continue
		}
		if !e.writtenBelow(p, name) {
			clean.Set(name, fastjson.MustParse(byDefault))
			changed = true
		}
	}
	return changed
}

func (e *Evidence) writtenBelow(p workload.Path, name string) bool {
	for _, a := range e.authors {
		if a.writes(p, name) {
			return true
		}
	}
	return false
}
