package provenance_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/provenance"
	"github.com/rollguard/rollguard/pkg/workload"
)

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// object writes a Deployment with the evidence that a case needs.
type object struct {
	grace       string // JSON, "" for absent
	hook        string // JSON of app's preStop, "" for absent
	operation   string // of one managedFields entry, "" for none
	subresource string
	owned       string // its fieldsV1
	lastApplied string
	record      string
}

func (o object) read(t *testing.T) (*workload.Deployment, provenance.Record) {
	t.Helper()
	container := map[string]any{"name": "app"}
	if o.hook != "" {
		container["lifecycle"] = map[string]any{"preStop": json.RawMessage(o.hook)}
	}
	pod := map[string]any{"containers": []any{map[string]any{"name": "first"}, container}}
	if o.grace != "" {
		pod["terminationGracePeriodSeconds"] = json.RawMessage(o.grace)
	}
	metadata := map[string]any{}
	if o.operation != "" {
		metadata["managedFields"] = []any{map[string]any{
			"operation": o.operation, "subresource": o.subresource, "manager": "m", "fieldsV1": json.RawMessage(o.owned),
		}}
	}
	if o.lastApplied != "" {
		metadata["annotations"] = map[string]string{lastApplied: o.lastApplied}
	}
	text, err := json.Marshal(map[string]any{"metadata": metadata, "spec": map[string]any{"template": map[string]any{"spec": pod}}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := new(workload.Reader).Read(text)
	if err != nil {
		t.Fatal(err)
	}
	record, err := provenance.ParseRecord(o.record)
	if err != nil {
		t.Fatal(err)
	}
	return d, record
}

const (
	ownsGrace   = `{"f:spec":{"f:template":{"f:spec":{"f:terminationGracePeriodSeconds":{}}}}}`
	ownsNothing = `{"f:spec":{"f:replicas":{}}}`
	saysGrace   = `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":30}}}}`
	saysNothing = `{"spec":{"template":{"spec":{}}}}`
	sleep20     = `{"sleep":{"seconds":20}}`
)

func recordOf(p workload.Path, value string) string { return fmt.Sprintf(`{%q:%s}`, p, value) }

func TestWhoWroteAValue(t *testing.T) {
	hook := workload.PreStop("app")
	for _, tc := range []struct {
		name   string
		object object
		path   workload.Path
		want   provenance.Answer
	}{
		{"ours: the record says it and the value still is that",
			object{grace: "40", record: recordOf(workload.GracePeriod, "40")}, workload.GracePeriod, provenance.Ours},
		{"ours: a hook as recorded, its keys in another order",
			object{hook: `{"exec":{"command":["sleep","20"]}}`, record: recordOf(hook, `{"exec":{"command":["sleep","20"]}}`)}, hook, provenance.Ours},
		{"authored: the record says something else",
			object{grace: "41", record: recordOf(workload.GracePeriod, "40")}, workload.GracePeriod, provenance.Authored},
		{"authored: the record speaks of another container",
			object{hook: sleep20, record: recordOf(workload.PreStop("first"), sleep20)}, hook, provenance.Authored},
		{"authored: an Apply entry has the path, even at the default",
			object{grace: "30", operation: "Apply", owned: ownsGrace}, workload.GracePeriod, provenance.Authored},
		{"authored: last-applied has the path, even at the default",
			object{grace: "30", lastApplied: saysGrace}, workload.GracePeriod, provenance.Authored},
		{"authored: last-applied has it, though an Apply entry lacks it",
			object{grace: "30", operation: "Apply", owned: ownsNothing, lastApplied: saysGrace}, workload.GracePeriod, provenance.Authored},
		{"authored: the value differs from the default",
			object{grace: "31"}, workload.GracePeriod, provenance.Authored},
		{"authored: a hook that nobody recorded",
			object{hook: sleep20}, hook, provenance.Authored},
		{"defaulted: an Apply entry lacks the path",
			object{grace: "30", operation: "Apply", owned: ownsNothing}, workload.GracePeriod, provenance.Defaulted},
		{"defaulted: last-applied lacks the path",
			object{grace: "30", lastApplied: saysNothing}, workload.GracePeriod, provenance.Defaulted},
		{"defaulted: an absent hook", object{}, hook, provenance.Defaulted},
		{"defaulted: an absent grace period", object{}, workload.GracePeriod, provenance.Defaulted},
		{"defaulted: an absent field, whatever the record says",
			object{record: recordOf(workload.GracePeriod, "40")}, workload.GracePeriod, provenance.Defaulted},
		{"defaulted: last-applied has a null",
			object{grace: "30", lastApplied: `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":null}}}}`}, workload.GracePeriod, provenance.Defaulted},
		{"unknown: the default and no evidence",
			object{grace: "30"}, workload.GracePeriod, provenance.Unknown},
		{"unknown: an Update entry owns defaults too",
			object{grace: "30", operation: "Update", owned: ownsGrace}, workload.GracePeriod, provenance.Unknown},
		{"unknown: an Apply entry of the scale subresource says nothing",
			object{grace: "30", operation: "Apply", subresource: "scale", owned: ownsNothing}, workload.GracePeriod, provenance.Unknown},
		{"unknown: last-applied is no JSON",
			object{grace: "30", lastApplied: "{"}, workload.GracePeriod, provenance.Unknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, record := tc.object.read(t)
			if got := provenance.Gather(d, provenance.Stored{}, record).Of(tc.path); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestAnyOfSeveralRecordsProvesAFieldOnce(t *testing.T) {
	d, current := object{grace: "40", hook: sleep20, record: recordOf(workload.GracePeriod, "40")}.read(t)
	old, err := provenance.ParseRecord(`{"spec.template.spec.terminationGracePeriodSeconds":40,"spec.template.spec.containers[app].lifecycle.preStop":` + sleep20 + `}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []workload.Path{workload.PreStop("app"), workload.GracePeriod}
	if diff := cmp.Diff(want, provenance.Gather(d, provenance.Stored{}, current, old).Paths()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWithoutARecordNothingIsOurs(t *testing.T) {
	d, _ := object{grace: "40", hook: sleep20}.read(t)
	if got := provenance.Gather(d, provenance.Stored{}).Paths(); len(got) > 0 {
		t.Errorf("ours: %s", got)
	}
}

func TestInAnAuthorsManifestEvenADefaultIsAuthored(t *testing.T) {
	for grace, want := range map[string]provenance.Answer{"30": provenance.Authored, "": provenance.Defaulted, "null": provenance.Defaulted} {
		d, record := object{grace: grace}.read(t)
		e := provenance.Gather(d, provenance.Stored{}, record)
		e.IsManifest()
		if got := e.Of(workload.GracePeriod); got != want {
			t.Errorf("grace period %q: %s, want %s", grace, got, want)
		}
	}
}
