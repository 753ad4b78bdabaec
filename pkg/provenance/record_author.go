package provenance

import (
	"math"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/workload"
)

// ofAuthor before a path in the record says that the value is not Rollguard's, but the
// one that its author had written there.
const ofAuthor = "author:"

// correctable tells whether an author may have written this value where mode enforce, or
// he himself, put another one: a value out of the record may be written back, and must
// not make an object invalid.
func correctable(p workload.Path, v *fastjson.Value) bool {
	if byDefault := p.APIDefault(); byDefault != "" && string(v.MarshalTo(nil)) == byDefault {
		return true
	}
	switch p {
	case workload.MaxUnavailable:
		return isPercent(v) || isCount(v)
	case workload.MinReadySeconds, workload.ProgressDeadline, workload.GracePeriod:
		return isCount(v)
	}
	name, _ := p.Container()
	return p == workload.PreStop(name) && isWait(v)
}

func isPercent(v *fastjson.Value) bool {
	n, ok := strings.CutSuffix(string(v.GetStringBytes()), "%")
	percent, err := strconv.ParseUint(n, 10, 7)
	return ok && err == nil && percent <= 100
}

func isCount(v *fastjson.Value) bool {
	n, err := v.Int64()
	return err == nil && n >= 0 && n <= math.MaxInt32
}

// isWait tells whether a hook sleeps, or runs a command that may.
func isWait(v *fastjson.Value) bool {
	if v.GetObject() == nil || v.GetObject().Len() != 1 {
		return false
	}
	if seconds := v.Get("sleep", "seconds"); seconds != nil {
		return isCount(seconds)
	}
	command := v.GetArray("exec", "command")
	for _, word := range command {
		if word.Type() != fastjson.TypeString {
			return false
		}
	}
	return len(command) > 0
}

// WithoutAuthors is the record without what authors had written: it tells that only of
// the object that it was written for.
func (r Record) WithoutAuthors() Record { return Record{values: r.values} }

// Lists tells whether the record speaks of a value of ours in a field.
func (r Record) Lists(p workload.Path) bool { return r.values[p] != nil }

// Deliberate are the fields that an author put back to the API's default, where ours had
// been.
func (r Record) Deliberate() []workload.Path {
	var out []workload.Path
	for p, v := range r.authors {
		if r.values[p] == nil && string(v.MarshalTo(nil)) == p.APIDefault() {
			out = append(out, p)
		}
	}
	return out
}
