package cluster

import (
	"strconv"
	"strings"

	"go.uber.org/zap"
	"k8s.io/client-go/discovery"
)

// nativeSleepMinor is the first minor version of Kubernetes 1 in which preStop.sleep
// is on by default (KEP-3960). An older API server refuses a Deployment that has it.
const nativeSleepMinor = 30

// readVersion asks the API server for its version. Unknown means no native sleep.
func (s *State) readVersion(d discovery.ServerVersionInterface, log *zap.Logger) {
	v, err := d.ServerVersion()
	if err != nil {
		log.Warn("the API server's version is unknown, so no native sleep is used", zap.Error(err))
		s.nativeSleep.Store(false)
		return
	}
	s.nativeSleep.Store(SupportsNativeSleep(v.Major, v.Minor))
}

// SupportsNativeSleep reads the major and minor as /version gives them; some
// providers append a plus to the minor.
func SupportsNativeSleep(major, minor string) bool {
	maj, err := strconv.Atoi(major)
	if err != nil {
		return false
	}
	mnr, err := strconv.Atoi(strings.TrimRight(minor, "+"))
	if err != nil {
		return false
	}
	return maj > 1 || maj == 1 && mnr >= nativeSleepMinor
}
