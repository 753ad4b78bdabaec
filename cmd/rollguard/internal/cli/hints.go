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
)

// hints says of files what nobody sees in the answer: a Deployment that counts as not exposed
// only because its Service is elsewhere, and a sleep that the image must be able to do.
func (r *reading) hints(kubeVersion string) []string {
	var unled, commands []string
	for i := range r.verdicts {
		v := &r.verdicts[i]
		if unledByFiles(v) {
			unled = append(unled, v.Deployment.Key())
		}
		if v.Guarded() && found(v, policy.PreStopExecAdded) {
			commands = append(commands, v.Deployment.Key())
		}
	}
	var out []string
	if len(unled) > 0 {
		out = append(out, fmt.Sprintf("no Service of the files leads to %s, though a port is declared: it counts as not exposed. Add the Service and the Ingress to the files, or say how requests come with the annotation %sexposure", verdict.Counted(unled), api.Prefix))
	}
	if len(commands) > 0 {
		text := fmt.Sprintf("%s waits by the command sleep, which the image must have", verdict.Counted(commands))
		if !r.kube.nativeSleep {
			text += fmt.Sprintf(", as Kubernetes %s has no preStop sleep of its own (1.30 has)", kubeVersion)
		}
		out = append(out, text)
	}
	return out
}

func found(v *verdict.Verdict, code policy.Code) bool {
	return slices.ContainsFunc(v.Decision.Findings, func(f policy.Finding) bool { return f.Code == code })
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
