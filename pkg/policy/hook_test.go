package policy_test

import (
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

func TestAnAuthorsHookIsJudgedByWhatItShows(t *testing.T) {
	const enough, short, unclear = policy.PreStopAuthored, policy.PreStopTooShort, policy.PreStopUnclear
	for text, want := range map[string]policy.Code{
		`{"sleep":{"seconds":20}}`:                                     enough,
		`{"sleep":{"seconds":19}}`:                                     short,
		`{"sleep":{"seconds":0}}`:                                      short,
		`{"exec":{"command":["sleep","20"]}}`:                          enough,
		`{"exec":{"command":["sleep","20s"]}}`:                         enough,
		`{"exec":{"command":["/bin/sleep","19"]}}`:                     short,
		`{"exec":{"command":["sh","-c","sleep 20"]}}`:                  enough,
		`{"exec":{"command":["/bin/bash","-c","  sleep   5 "]}}`:       short,
		`{"exec":{"command":["sleep","20m"]}}`:                         unclear,
		`{"exec":{"command":["sleep","-20"]}}`:                         unclear,
		`{"exec":{"command":["sleep","20","20"]}}`:                     unclear,
		`{"exec":{"command":["sleep"]}}`:                               unclear,
		`{"exec":{"command":["nosleep","20"]}}`:                        unclear,
		`{"exec":{"command":["sh","-c","sleep 20 && nginx -s quit"]}}`: unclear,
		`{"exec":{"command":["sh","-c","sleep 20; exit"]}}`:            unclear,
		`{"exec":{"command":["sh","-ec","sleep 20"]}}`:                 unclear,
		`{"exec":{"command":["python","-c","sleep 20"]}}`:              unclear,
		`{"exec":{"command":[]}}`:                                      unclear,
		`{"exec":{}}`:                                                  unclear,
		`{"httpGet":{"path":"/drain","port":80}}`:                      unclear,
		// An apply over a hook of another kind merges the two, and validation refuses that.
		`{"exec":{"command":["/drain"]},"sleep":{"seconds":20}}`: unclear,
		`{}`: unclear,
	} {
		object := inContainer(t, bare, hook(text), "lifecycle")
		m := write{new: object}.evaluate(t)
		f := m.found(want)
		if f == nil || f.Path != workload.PreStop("app") {
			t.Errorf("%s: findings %s, want %s", text, m.codes(), want)
		}
		if got := m.value(t, workload.PreStop("app")); !workload.Equal(read(t, object).Get(workload.PreStop("app")), read(t, m.object).Get(workload.PreStop("app"))) {
			t.Errorf("%s became %s", text, got)
		}
	}
}

func TestModeEnforceTakesNoHandlerAway(t *testing.T) {
	object := inContainer(t, bare, hook(`{"exec":{"command":["/drain"]},"sleep":{"seconds":9}}`), "lifecycle")
	m := write{new: object, namespace: texts{"mode": "enforce"}}.evaluate(t)
	if got := m.value(t, workload.PreStop("app")); !strings.Contains(got, "/drain") || !strings.Contains(got, `"seconds":9`) {
		t.Errorf("the hook became %s", got)
	}
}

func TestTheInjectedHookSuitsTheServer(t *testing.T) {
	native := write{}.evaluate(t)
	if got := native.value(t, workload.PreStop("app")); got != `{"sleep":{"seconds":20}}` || native.found(policy.PreStopSleepAdded) == nil {
		t.Errorf("hook %s, findings %s", got, native.codes())
	}
	old := write{oldServer: true}.evaluate(t)
	if got := old.value(t, workload.PreStop("app")); got != `{"exec":{"command":["sleep","20"]}}` || old.found(policy.PreStopExecAdded) == nil {
		t.Errorf("hook %s, findings %s", got, old.codes())
	}
}

func TestNoCommandIsMadeFromAnnotationText(t *testing.T) {
	m := write{oldServer: true, namespace: texts{"pre-stop-sleep": "20s; rm -rf /"}}.evaluate(t)
	if strings.Contains(m.value(t, workload.PreStop("app")), "rm") || m.found(policy.InvalidAnnotation) == nil {
		t.Errorf("hook %s, findings %s", m.value(t, workload.PreStop("app")), m.codes())
	}
}

func TestTheGracePeriodHoldsAnAuthorsLongerSleepToo(t *testing.T) {
	m := write{new: inContainer(t, bare, hook(`{"exec":{"command":["sleep","60"]}}`), "lifecycle")}.evaluate(t)
	if got := m.value(t, workload.GracePeriod); got != "70" {
		t.Errorf("grace period %s", got)
	}
}
