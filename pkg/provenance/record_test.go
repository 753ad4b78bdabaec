package provenance_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/provenance"
	"github.com/rollguard/rollguard/pkg/workload"
)

func TestARecordReadsBackWhatItWrote(t *testing.T) {
	values := map[workload.Path]json.RawMessage{
		workload.PreStop("app"):  json.RawMessage(`{"exec":{"command":["sleep","20"]}}`),
		workload.GracePeriod:     json.RawMessage(`40`),
		workload.MaxUnavailable:  json.RawMessage(`0`),
		workload.MinReadySeconds: json.RawMessage(`25`),
	}
	text, err := provenance.Encode(values)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"spec.minReadySeconds":25,"spec.strategy.rollingUpdate.maxUnavailable":0,` +
		`"spec.template.spec.containers[app].lifecycle.preStop":{"exec":{"command":["sleep","20"]}},"spec.template.spec.terminationGracePeriodSeconds":40}`
	if text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	record, err := provenance.ParseRecord(text)
	if err != nil {
		t.Fatal(err)
	}
	if record.Len() != len(values) {
		t.Errorf("%d fields", record.Len())
	}
	for p, value := range values {
		if !record.Proves(p, fastjson.MustParseBytes(value)) {
			t.Errorf("%s is not proven", p)
		}
	}
}

func TestNoValuesGiveNoRecord(t *testing.T) {
	if text, err := provenance.Encode(nil); err != nil || text != "" {
		t.Errorf("%q, error %v", text, err)
	}
}

func TestARecordProvesOnlyTheValueItHas(t *testing.T) {
	record, err := provenance.ParseRecord(`{"spec.minReadySeconds":25,"spec.progressDeadlineSeconds":null}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		path  workload.Path
		value string
		want  bool
	}{
		{workload.MinReadySeconds, `25`, true},
		{workload.MinReadySeconds, `26`, false},
		{workload.MinReadySeconds, `"25"`, false},
		{workload.MaxSurge, `25`, false},
	} {
		if got := record.Proves(tc.path, fastjson.MustParse(tc.value)); got != tc.want {
			t.Errorf("%s %s: %t", tc.path, tc.value, got)
		}
	}
	if record.Proves(workload.MinReadySeconds, nil) || record.Proves(workload.ProgressDeadline, nil) {
		t.Error("an absent field is proven")
	}
}

func TestPathsOutsideTheClosedSetArePassedOver(t *testing.T) {
	record, err := provenance.ParseRecord(`{"spec.replicas":3,"metadata.name":"x","spec.template.spec.containers[app].image":"x","":{},"spec.minReadySeconds":1}`)
	if err != nil {
		t.Fatal(err)
	}
	if record.Len() != 1 || record.Proves("spec.replicas", fastjson.MustParse(`3`)) {
		t.Errorf("%d fields", record.Len())
	}
}

func TestARecordThatCannotBeReadIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":         `{`,
		"an array":        `[]`,
		"a string":        `"x"`,
		"null":            `null`,
		"longer than fit": `{"x":"` + strings.Repeat("x", 64<<10) + `"}`,
		"nested too deep": strings.Repeat(`{"a":`, 400) + `1` + strings.Repeat(`}`, 400),
	} {
		record, err := provenance.ParseRecord(text)
		if err == nil || !strings.HasPrefix(err.Error(), "record: ") || record.Len() != 0 {
			t.Errorf("%s: %d fields, error %v", name, record.Len(), err)
		}
	}
}

func TestNoRecordIsAnEmptyOne(t *testing.T) {
	if record, err := provenance.ParseRecord(""); err != nil || record.Len() != 0 {
		t.Errorf("%d fields, error %v", record.Len(), err)
	}
}

func FuzzAnyRecordTextIsReadOrRefused(f *testing.F) {
	f.Add(`{"spec.minReadySeconds":25,"spec.template.spec.containers[app].lifecycle.preStop":{"sleep":{"seconds":20}}}`)
	f.Add(`{"spec.replicas":3}`)
	f.Add(`{"spec.minReadySeconds":1,"spec.minReadySeconds":2}`)
	f.Add(`[]`)
	f.Add("{\"\xff\":1}")
	d, err := new(workload.Reader).Read([]byte(`{"spec":{"minReadySeconds":25,"template":{"spec":{"containers":[{"name":"app","lifecycle":{"preStop":{"sleep":{"seconds":20}}}}]}}}}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		record, err := provenance.ParseRecord(text)
		if err != nil {
			return
		}
		for _, p := range provenance.Gather(d, record).Ours() {
			if !p.Known() || d.Get(p) == nil {
				t.Errorf("%q made %q ours", text, p)
			}
		}
	})
}
