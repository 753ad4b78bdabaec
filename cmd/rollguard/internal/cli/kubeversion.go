package cli

import (
	"fmt"
	"strconv"
	"strings"
)

// newestKnown is the newest Kubernetes version that Rollguard was tested with.
const newestKnown = "1.37"

// nativeSleepMinor is the first Kubernetes 1.x that knows preStop.sleep without a
// feature gate (KEP-3960).
const nativeSleepMinor = 30

// hasNativeSleep reads "1.30", "v1.30.4", "v1.30.4-eks-a1b2c3d".
func hasNativeSleep(version string) (bool, error) {
	major, rest, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	minor, _, _ := strings.Cut(rest, ".")
	minor = strings.TrimSuffix(minor, "+") // EKS writes "30+"
	n, err := strconv.ParseUint(minor, 10, 16)
	if err != nil || major != "1" {
		return false, fmt.Errorf("--kube-version %q: is not a Kubernetes version such as %s", version, newestKnown)
	}
	return n >= nativeSleepMinor, nil
}
