package cli

import (
	"fmt"
	"strconv"
	"strings"
)

// newestKnown is the newest Kubernetes version that Rollguard was tested with.
const newestKnown = "1.37"

const (
	// nativeSleepMinor is the first Kubernetes 1.x that knows preStop.sleep without a
	// feature gate (KEP-3960).
	nativeSleepMinor = 30
	newestMinor      = 37
	// lastMinor is the last minor that is believed: 20 years of releases.
	lastMinor = 99
)

// server is what --kube-version says about the API server.
type server struct {
	nativeSleep bool
	// note is what people should know, empty mostly.
	note string
}

// parseKubeVersion reads "1.30", "v1.30.4", "v1.30.4-eks-a1b2c3d".
func parseKubeVersion(version string) (server, error) {
	major, rest, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	minor, _, _ := strings.Cut(rest, ".")
	minor = strings.TrimSuffix(minor, "+") // EKS writes "30+"
	n, err := strconv.ParseUint(minor, 10, 16)
	if _, wrong := strconv.ParseUint(major, 10, 16); err != nil || wrong != nil {
		return server{}, fmt.Errorf("--kube-version %q: is not a Kubernetes version such as %s", version, newestKnown)
	}
	if major != "1" || n > lastMinor {
		return server{}, fmt.Errorf("--kube-version %q: there is no such Kubernetes version; the newest that Rollguard knows is %s", version, newestKnown)
	}
	s := server{nativeSleep: n >= nativeSleepMinor}
	if n > newestMinor {
		s.note = fmt.Sprintf("Kubernetes 1.%d is newer than %s, the newest that Rollguard was tested with", n, newestKnown)
	}
	return s, nil
}
