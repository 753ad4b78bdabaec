package cluster

import (
	"errors"
	"testing"
)

func TestNativeSleepNeedsKubernetes130(t *testing.T) {
	for _, tc := range []struct {
		major, minor string
		want         bool
	}{
		{"1", "30", true}, {"1", "30+", true}, {"1", "31", true}, {"1", "37+", true}, {"1", "100", true},
		{"1", "29", false}, {"1", "29+", false}, {"1", "9", false}, {"1", "3", false}, {"1", "0", false},
		{"2", "0", true}, {"2", "0+", true}, {"0", "99", false},
		{"", "", false}, {"1", "", false}, {"", "30", false}, {"1", "+", false},
		{"1", "x", false}, {"x", "30", false}, {"v1", "30", false}, {"1", "30.1", false}, {"1", "30-eks", false}, {"1", "-31", false}, {"-2", "30", false},
	} {
		if got := SupportsNativeSleep(tc.major, tc.minor); got != tc.want {
			t.Errorf("major %q, minor %q: %t", tc.major, tc.minor, got)
		}
	}
}

func TestAVersionThatWasNeverReadSupportsNothing(t *testing.T) {
	for version, want := range map[apiVersion]struct{ known, native bool }{
		versionUnknown:     {false, false},
		versionTooOld:      {true, false},
		versionNativeSleep: {true, true},
	} {
		s := new(State)
		if version != versionUnknown {
			s.version.Store(int32(version))
		}
		if s.VersionKnown() != want.known || s.NativeSleep() != want.native {
			t.Errorf("version %d: known %t, native sleep %t", version, s.VersionKnown(), s.NativeSleep())
		}
	}
}

func TestNothingIsAnsweredBeforeTheCachesAreFull(t *testing.T) {
	s := &State{synced: func() bool { return false }}
	if _, err := s.Namespace(t.Context(), "shop"); !errors.Is(err, ErrNotSynced) || s.Synced() {
		t.Errorf("error %v, synced %t", err, s.Synced())
	}
}
