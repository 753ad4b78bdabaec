package verdict

import (
	"slices"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// road completes what is shown of a Deployment that is left alone: who sends traffic there,
// and how slowly load balancers follow. Nobody has to know that to leave it alone, so the
// decision does not say it. What was decided stays.
func (v *Verdict) road(maker *decision.Maker, req *decision.Request) error {
	if v.Decision.Trigger != policy.LeftAlone && !v.Decision.OptedOut() {
		return nil
	}
	looked := *req
	var err error
	if looked.New, err = ours(req.New); err != nil {
		return err
	}
	d, err := maker.Make(&looked)
	if err != nil {
		return err
	}
	v.Decision.Exposure = d.Exposure
	to := &v.Decision.Computed
	to.Propagation, to.Healthy, to.HealthySource, to.Gated = d.Computed.Propagation, d.Computed.Healthy, d.Computed.HealthySource, d.Computed.Gated
	return nil
}

// ours is the object without what makes Rollguard leave it alone.
func ours(object []byte) ([]byte, error) {
	v, err := fastjson.ParseBytes(object)
	if err != nil {
		return nil, err
	}
	meta := v.Get("metadata")
	meta.Del("ownerReferences")
	meta.Del("deletionTimestamp")
	meta.Get("labels").Del(api.LabelInject)
	return v.MarshalTo(nil), nil
}

// classesUnseen notes that an Ingress leads to the Pods whose class may not be read by
// whoever asks, and nobody said otherwise how they are exposed.
func (v *Verdict) classesUnseen() {
	if v.Decision.Has(policy.ExposureUnclear) && slices.ContainsFunc(v.Decision.Exposure.Gaps, func(g topology.Gap) bool { return g.Unseen }) {
		v.Unread = append(slices.Clone(v.Unread), "IngressClasses")
	}
}
