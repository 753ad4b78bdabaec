package cli

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// hints says of files what nobody sees in the answer: a Deployment that counts as not exposed
// only because its Service is elsewhere, a sleep that the image must be able to do, and one that
// the API server does not know. Of a cluster it says nothing.
func (r *reading) hints(verdicts []verdict.Verdict, kubeVersion string) []string {
	if r.version != "" {
		return nil
	}
	var unled, commands, unknown []string
	for i := range verdicts {
		v := &verdicts[i]
		if unledByFiles(v) {
			unled = append(unled, v.Deployment.Key())
		}
		if v.Guarded() && v.Decision.Has(policy.PreStopExecAdded) {
			commands = append(commands, v.Deployment.Key())
		}
		if !r.kube.nativeSleep && sleepsByItself(v) {
			unknown = append(unknown, v.Deployment.Key())
		}
	}
	var out []string
	if len(unled) > 0 {
		out = append(out, fmt.Sprintf("no Service of the files leads to %s, though a port is declared: it counts as not exposed. Add the Service and the Ingress to the files, or say how requests come with the annotation %sexposure", verdict.Counted(unled), api.Prefix))
	}
	if len(commands) > 0 {
		text := fmt.Sprintf("%s by the command sleep, which the image must have", several(commands, "waits", "wait"))
		if !r.kube.nativeSleep {
			text += fmt.Sprintf(", as Kubernetes %s has no preStop sleep of its own (1.30 has)", kubeVersion)
		}
		out = append(out, text)
	}
	if len(unknown) > 0 {
		// The field is dropped where its gate is off (KEP-3960), and a hook without an action is
		// invalid (Kubernetes pkg/apis/core/validation, validateHandler).
		out = append(out, fmt.Sprintf("Kubernetes %s does not know preStop.sleep, which %s: its API server drops it and refuses the empty hook (1.30 knows it)", kubeVersion, several(unknown, "has", "have")))
	}
	return out
}

// several names Deployments with a verb, "shop/web waits" or "shop/web and 1 more wait".
func several(keys []string, one, more string) string {
	if len(keys) == 1 {
		return keys[0] + " " + one
	}
	return verdict.Counted(keys) + " " + more
}

// sleepsByItself tells whether a manifest has a hook of the kind preStop.sleep.
func sleepsByItself(v *verdict.Verdict) bool {
	if v.Err != nil {
		return false
	}
	stored, err := v.Stored()
	if err != nil {
		return false // it was read before, and the patch was proven
	}
	return slices.ContainsFunc(stored.Template.Containers, func(c workload.Container) bool {
		return c.PreStop != nil && c.PreStop.Sleep != nil
	})
}

// unledByFiles tells whether a Deployment declares a port and nothing of the files leads there.
func unledByFiles(v *verdict.Verdict) bool {
	e, asked := &v.Decision.Exposure, v.Decision.Settings.Exposure.Value
	if v.Err != nil || v.Deployment.Standing == manifest.OptedOut || v.Decision.Trigger == policy.LeftAlone {
		return false
	}
	if e.Kind != topology.None || len(e.Gaps) > 0 || asked != "" && asked != api.ExposureAuto {
		return false
	}
	stored, err := v.Stored()
	if err != nil {
		return false // it was read before, and the patch was proven
	}
	for i := range stored.Template.Containers {
		for _, p := range stored.Template.Containers[i].Ports {
			if p.Protocol == corev1.ProtocolTCP {
				return true
			}
		}
	}
	return false
}
