package verdict

import (
	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Strip decides what goes from a Deployment when all that the record proves to be ours
// goes. A manifest becomes what its author wrote; in a cluster happens what admission does
// when he opts out, which also leaves alone what his manifests state by now.
func (j *Judge) Strip(d *manifest.Deployment) Verdict {
	v := Verdict{Deployment: d, Live: j.options.Live}
	if !recorded(d) {
		return v
	}
	var err error
	if v.Live {
		err = v.optOut(j)
	} else {
		v.Patch, err = decision.Strip(d.JSON)
	}
	if err != nil {
		v.Err = d.Fail(plain(err))
	}
	return v
}

func (v *Verdict) optOut(j *Judge) error {
	d := v.Deployment
	optedOut, err := withLabel(d.JSON)
	if err != nil {
		return err
	}
	v.Decision, err = j.maker.Make(&decision.Request{
		New: optedOut, Namespace: j.set.Annotations(d.Namespace), Graph: j.set.Graph(d.Namespace),
		NativeSleep: j.options.NativeSleep, Survey: policy.NextRollout,
	})
	v.Patch = v.Decision.Patch
	return err
}

// Remains names, in the words of people, what a stored Deployment still has of what the
// verdict wanted to go. A field that went and has the API server's default now is gone.
func (v *Verdict) Remains(stored []byte) ([]string, error) {
	before, err := new(workload.Reader).Read(v.Deployment.JSON)
	if err != nil {
		return nil, err
	}
	want, err := v.Stored()
	if err != nil {
		return nil, err
	}
	got, err := new(workload.Reader).Read(stored)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, c := range v.Decision.Changes {
		now := got.Get(c.Path)
		if !workload.Equal(now, want.Get(c.Path)) && workload.Equal(now, before.Get(c.Path)) {
			out = append(out, c.Path.Words())
		}
	}
	if got.Annotations[api.AnnotationInjected] != "" {
		out = append(out, "the record")
	}
	return out, nil
}

func recorded(d *manifest.Deployment) bool {
	return fastjson.GetString(d.JSON, "metadata", "annotations", api.AnnotationInjected) != ""
}

// withLabel is the object as if its author had opted out. The label is in no patch.
func withLabel(object []byte) ([]byte, error) {
	v, err := fastjson.ParseBytes(object)
	if err != nil {
		return nil, err
	}
	var arena fastjson.Arena
	meta := v.Get("metadata")
	labels := meta.Get("labels")
	if labels == nil || labels.Type() == fastjson.TypeNull {
		labels = arena.NewObject()
		meta.Set("labels", labels)
	}
	labels.Set(api.LabelInject, arena.NewString(api.InjectDisabled))
	return v.MarshalTo(nil), nil
}
