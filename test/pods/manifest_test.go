package pods

import "testing"

// The plain manifest, with the commands of the guides. Its namespace goes with it, and
// with the namespace whatever is in there, while replicas are still draining.
func TestThePlainManifestRunsAsPodsAndLeavesNothingBehind(t *testing.T) {
	defer afterFailure(t)
	before := inventory(t)
	do(t, guide(t, "install.md", "sed"))
	t.Log(ready(t))
	checkConfinement(t)
	checkExample(t, applyExample(t))
	endExample(t)
	deleteExample(t)
	do(t, "kubectl delete -f deploy/rollguard.yaml")
	nothingLeft(t, before)
}
