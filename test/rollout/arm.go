package rollout

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed arms/*.yaml
var manifests embed.FS

// Arm is one of the Deployments that the experiment compares. All run the same
// application behind the same Service and Ingress.
type Arm struct {
	// Name is for commands and results, Means for people.
	Name, Means string
	// Original is the share of requests that the original experiment lost, where it had
	// such an arm.
	Original string
	// namespace and deployment are files of arms/.
	namespace, deployment string
}

// Arms are all of them, from the worst to the best.
func Arms() []Arm {
	return []Arm{
		{
			Name: "plain", Means: "no probes, 25 % surge, 25 % unavailable",
			Original: "24.46 %, 23.55 %; 21.6 %, 15.33 %", namespace: "bare", deployment: "plain",
		},
		{
			Name: "probes", Means: "with startup and readiness probes",
			Original: "13.68 %, 8.50 %", namespace: "bare", deployment: "probes",
		},
		{
			Name: "by-hand", Means: "probes, none unavailable, sleep 20 s, grace 30 s, written by hand",
			Original: "0 %", namespace: "bare", deployment: "by-hand",
		},
		{
			Name: "rollguard", Means: "the plain Deployment; Rollguard makes it the one by hand",
			namespace: "rollguard", deployment: "plain",
		},
		{
			Name: "insights", Means: "the plain Deployment; Rollguard also waits for the load balancer (minReadySeconds 25) and sleeps 35 s",
			namespace: "insights", deployment: "plain",
		},
	}
}

// Manifests returns what to apply, in this order: the namespace, the exposure, the
// Deployment.
func (a *Arm) Manifests() ([][]byte, error) {
	var out [][]byte
	for _, name := range []string{"namespace-" + a.namespace, "exposure", "deployment-" + a.deployment} {
		text, err := fs.ReadFile(manifests, "arms/"+name+".yaml")
		if err != nil {
			return nil, fmt.Errorf("arm %s: %w", a.Name, err)
		}
		out = append(out, text)
	}
	return out, nil
}

// Guarded says that Rollguard is switched on for the namespace.
func (a *Arm) Guarded() bool { return a.namespace != "bare" }
