package verdict

import (
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Denied says that an annotation denies what leads to a Deployment, "" where none does.
func (v *Verdict) Denied() string {
	e := &v.Decision.Exposure
	if e.Kind != topology.None || len(e.Routes) == 0 || v.Decision.Settings.Exposure.Value != string(topology.None) {
		return ""
	}
	return "an annotation " + api.Prefix + "exposure says so, though " + e.Routes[0].String() + " leads here"
}
