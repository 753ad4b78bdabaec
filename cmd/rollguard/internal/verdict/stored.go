package verdict

import (
	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Stored is the Deployment with the patch applied: what a rollout is then made of.
func (v *Verdict) Stored() (*workload.Deployment, error) {
	doc, err := fastjson.ParseBytes(v.Deployment.JSON)
	if err != nil {
		return nil, err
	}
	if err := patch.Apply(doc, v.Patch); err != nil {
		return nil, err
	}
	return workload.FromValue(doc)
}
