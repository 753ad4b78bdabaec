package cluster

import (
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"
)

// nativeSleepMinor is the first minor version of Kubernetes 1 in which preStop.sleep
// is on by default (KEP-3960). An older API server refuses a Deployment that has it.
const nativeSleepMinor = 30

// versionEvery is how often the version is read again: control planes are upgraded
// while we run.
const versionEvery = 10 * time.Minute

// apiVersion is what is known of the API server's version.
type apiVersion int32

const (
	versionUnknown apiVersion = iota
	versionTooOld
	versionNativeSleep
)

// readVersion asks the API server for its version. An answer that was had once is
// kept when a later question fails.
func (s *State) readVersion() {
	v, err := s.discoverer.ServerVersion()
	switch {
	case err != nil:
		s.log.Warn("the API server's version cannot be read", zap.Error(err))
	case SupportsNativeSleep(v.Major, v.Minor):
		s.version.Store(int32(versionNativeSleep))
	default:
		s.version.Store(int32(versionTooOld))
	}
}

// NativeSleep tells whether the API server is known to know preStop.sleep.
func (s *State) NativeSleep() bool { return s.version.Load() == int32(versionNativeSleep) }

// VersionKnown tells whether the API server's version was ever read.
func (s *State) VersionKnown() bool { return s.version.Load() != int32(versionUnknown) }

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
