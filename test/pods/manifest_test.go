package pods

import (
	"strings"
	"testing"
)

// briefManifest shortens what a Pod waits before it goes, as the flags brief do.
const briefManifest = `| sed 's,^\( *seconds: \)10$,\12,; s,--drain-delay=10s,--drain-delay=3s,' | kubectl`

// The plain manifest, with the commands of the guides. Its namespace goes with it, and
// with the namespace whatever is in there, while replicas are still draining.
func TestThePlainManifestRunsAsPodsAndLeavesNothingBehind(t *testing.T) {
	defer afterFailure(t)
	before := inventory(t)
	do(t, strings.Replace(guide(t, "install.md", "sed"), "| kubectl", briefManifest, 1))
	t.Log(ready(t))
	checkConfinement(t)
	checkExample(t, applyExample(t))
	endExample(t)
	deleteExample(t)
	do(t, "kubectl delete -f deploy/rollguard.yaml")
	nothingLeft(t, before)
}
