package posture

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

func TestAChangeIsToldInTheWordsOfTheField(t *testing.T) {
	for want, c := range map[string]policy.Change{
		"terminationGracePeriodSeconds 50 (is 30)":        {Path: workload.GracePeriod, From: json.RawMessage("30"), To: json.RawMessage("50")},
		"minReadySeconds 25 (is 0)":                       {Path: workload.MinReadySeconds, From: json.RawMessage("null"), To: json.RawMessage("25")},
		"maxUnavailable 0 (is 25%)":                       {Path: workload.MaxUnavailable, To: json.RawMessage("0")},
		"preStop sleep of 40s in container app (is none)": {Path: workload.PreStop("app"), To: json.RawMessage(`{"sleep":{"seconds":40}}`)},
		"preStop none in container app (is sleep 20)":     {Path: workload.PreStop("app"), From: json.RawMessage(`{"exec":{"command":["sleep","20"]}}`)},
		"readinessProbe TCP on port 80 in container app (is GET /ok on port http)": {
			Path: workload.ReadinessProbe("app"), To: json.RawMessage(`{"tcpSocket":{"port":80},"periodSeconds":5}`), From: json.RawMessage(`{"httpGet":{"path":"/ok","port":"http"}}`)},
		"startupProbe gRPC on port 9 in container app (is none)": {Path: workload.StartupProbe("app"), To: json.RawMessage(`{"grpc":{"port":9}}`)},
	} {
		if diff := cmp.Diff(want, inWords([]policy.Change{c}, "is")); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestAnEventOfManyChangesKeepsShort(t *testing.T) {
	var changes []policy.Change
	for i := range 30 {
		path := strings.Repeat("/path", 100)
		changes = append(changes, policy.Change{Path: workload.ReadinessProbe("app-" + strconv.Itoa(i)), To: json.RawMessage(`{"httpGet":{"path":"` + path + `","port":1}}`)})
	}
	if text := inWords(changes, "is"); len(text) > 500 || !strings.Contains(text, ", and 2") {
		t.Errorf("%d bytes: %s", len(text), text)
	}
}

func TestARepairSaysWhatItWrote(t *testing.T) {
	fields := inWords([]policy.Change{{Path: workload.MinReadySeconds, To: json.RawMessage("25")}}, "was")
	for what, want := range map[api.Repair]string{
		api.RepairStrategy: "Written, as annotation rollguard.io/repair of the namespace asks: minReadySeconds 25 (was 0). That starts no rollout.",
		api.RepairRollout:  "Written, as annotation rollguard.io/repair of the namespace asks: minReadySeconds 25 (was 0). That starts a rollout.",
	} {
		if diff := cmp.Diff(want, done(order{what, fields})); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}
