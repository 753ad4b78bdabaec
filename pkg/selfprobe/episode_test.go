package selfprobe

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// seen is what was found some seconds after the start, and the news of it.
type seen struct {
	after int
	found Status
	news  News
}

func TestAFaultIsToldOnceWhenItLastsAndItsEndToo(t *testing.T) {
	for name, looks := range map[string][]seen{
		"all is well": {{0, OK, Nothing}, {60, OK, Nothing}},
		"the certificate is still being published at the start": {
			{0, Refused, Nothing}, {5, Refused, Nothing}, {10, Refused, Nothing}, {15, OK, Nothing}},
		"a fault that is there from the start": {
			{0, Missing, Nothing}, {5, Missing, Nothing}, {25, Missing, Nothing}, {30, Missing, Fault}, {35, Missing, Nothing}, {40, OK, Well}, {100, OK, Nothing}},
		"a hiccup":            {{0, OK, Nothing}, {60, Unreachable, Nothing}, {65, OK, Nothing}},
		"a fault":             {{0, OK, Nothing}, {60, Unreachable, Nothing}, {65, Unreachable, Fault}, {70, Unreachable, Nothing}, {75, OK, Well}, {135, OK, Nothing}},
		"two faults":          {{0, OK, Nothing}, {1, Missing, Nothing}, {5, Missing, Fault}, {6, OK, Well}, {7, Missing, Nothing}, {12, Missing, Fault}, {13, OK, Well}},
		"a fault that lasts":  {{0, OK, Nothing}, {1, Missing, Nothing}, {6, Missing, Fault}, {605, Missing, Nothing}, {606, Missing, Still}, {607, Missing, Nothing}, {1206, Missing, Still}},
		"many looks":          {{0, OK, Nothing}, {1, Missing, Nothing}, {2, Missing, Nothing}, {3, Missing, Nothing}, {4, Missing, Nothing}, {5, Missing, Fault}},
		"it becomes another":  {{0, OK, Nothing}, {1, Missing, Nothing}, {6, Missing, Fault}, {11, Refused, Nothing}, {16, Refused, Fault}, {21, OK, Well}},
		"a step on the way":   {{0, OK, Nothing}, {1, Missing, Nothing}, {6, Missing, Fault}, {300, Missing, Nothing}, {305, Refused, Nothing}, {310, OK, Well}},
		"there and back":      {{0, OK, Nothing}, {1, Missing, Nothing}, {6, Missing, Fault}, {11, Refused, Nothing}, {14, Missing, Nothing}, {27, Refused, Nothing}, {30, OK, Well}},
		"never twice alike":   {{0, OK, Nothing}, {1, Refused, Nothing}, {6, Unreachable, Nothing}, {11, Refused, Nothing}, {16, Unreachable, Fault}, {21, OK, Well}},
		"it ends in patience": {{0, Refused, Nothing}, {29, OK, Nothing}, {40, Refused, Nothing}, {45, Refused, Fault}},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Unix(1000, 0)
			e := episode{since: start}
			var got []seen
			for _, s := range looks {
				got = append(got, seen{s.after, s.found, e.next(s.found, start.Add(time.Duration(s.after)*time.Second))})
			}
			if diff := cmp.Diff(looks, got, cmp.AllowUnexported(seen{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
