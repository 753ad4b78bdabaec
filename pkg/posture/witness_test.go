package posture

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

func TestAWriteIsLookedAtOnceItIsStoredHoweverOftenItIsRepeated(t *testing.T) {
	s, start := newSightings(), time.Unix(1000, 0)
	web := sighting{"shop", "web"}
	for i := range 4 {
		s.add(web, start.Add(time.Duration(i)*500*time.Millisecond))
	}
	if early := s.due(start.Add(time.Second)); len(early) != 0 {
		t.Errorf("after one second %v", early)
	}
	if diff := cmp.Diff([]sighting{web}, s.due(start.Add(sightingSettles)), cmp.AllowUnexported(sighting{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if again := s.due(start.Add(time.Hour)); len(again) != 0 {
		t.Errorf("twice: %v", again)
	}
}

func TestAFloodOfWritesIsNotKept(t *testing.T) {
	s, start := newSightings(), time.Unix(1000, 0)
	for i := range 3 * maxSightings {
		s.add(sighting{"shop", fmt.Sprint(i)}, start)
	}
	if n := len(s.due(start.Add(time.Hour))); n != maxSightings {
		t.Errorf("%d are kept", n)
	}
}

func TestOnlyAWriteThatLeavesSomethingToReportIsLookedAtAgain(t *testing.T) {
	audit := lacking(api.RepairReport, workload.MinReadySeconds)
	audit.Mode = api.Audit
	for name, tc := range map[string]struct {
		decision *decision.Decision
		want     int
	}{
		"it is completed":       {lacking(api.RepairReport, workload.MinReadySeconds), 0},
		"a risk stays":          {atRisk(lacking(api.RepairReport, workload.MinReadySeconds), "a"), 1},
		"nothing is to be done": {&decision.Decision{Result: policy.Result{Findings: []policy.Finding{{Outcome: policy.Kept}}}}, 0},
		"audit":                 {audit, 1},
	} {
		l := New(Options{})
		l.Admitted("shop", tc.decision)
		if n := len(l.sightings.due(time.Now().Add(time.Hour))); n != tc.want {
			t.Errorf("%s: %d Deployments are looked at", name, n)
		}
	}
}
