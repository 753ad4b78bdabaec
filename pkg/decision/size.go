package decision

import (
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/policy"
)

// maxStored is the largest object that something is added to, in bytes of JSON. etcd
// refuses a request of more than 1.5 MiB (its --max-request-bytes), whatever failurePolicy
// says. What is stored is protobuf, which is never longer than the JSON; 64 KiB are left
// for what comes later, such as conditions and encryption at rest.
const maxStored = 3<<19 - 64<<10

// sizes are those of the JSON of one object. All stay 0 while it is far from any limit.
type sizes struct{ before, after, old int }

// measure is for large objects only: bound is at least as large as any of them.
func (s *sizes) measure(into *int, v *fastjson.Value, bound int) {
	if v != nil && bound > maxStored/2 {
		*into = len(v.MarshalTo(nil))
	}
}

// tooLarge tells whether what is added might push the object over the limit. An object
// that gets no larger, or no larger than the stored one, is none of our doing.
func (s *sizes) tooLarge() bool {
	return s.after > maxStored && s.after > s.before && s.after > s.old
}

// withhold takes every change back and says why.
func (d *Decision) withhold(s *sizes) {
	kept := d.Findings[:0]
	for i := range d.Findings {
		if d.Findings[i].Outcome != policy.Changed {
			kept = append(kept, d.Findings[i])
		}
	}
	d.Patch, d.Changes = nil, nil
	kept = append(kept, policy.Finding{
		Outcome: policy.AtRisk, Code: policy.ObjectTooLarge,
		Message: fmt.Sprintf("this Deployment has %d KiB and etcd takes no object above 1,536 KiB, so nothing was added, and rollouts may lose requests: move large values to a ConfigMap", s.before>>10),
	})
	d.Findings = kept
}
