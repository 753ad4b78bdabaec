package verdict

import "github.com/rollguard/rollguard/pkg/workload"

// Stored is the Deployment with the patch applied: what a rollout is then made of.
func (v *Verdict) Stored() (*workload.Deployment, error) { return v.with(v.Patch) }
