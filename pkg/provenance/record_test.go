package provenance_test

import (
	"encoding/json"
	"fmt"
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
	text, err := provenance.Encode(values, nil)
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

func TestARecordRemembersWhatAnAuthorHadWritten(t *testing.T) {
	p := workload.GracePeriod
	text, err := provenance.Encode(map[workload.Path]json.RawMessage{p: json.RawMessage("40")}, map[workload.Path]json.RawMessage{p: json.RawMessage("15")})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"author:spec.template.spec.terminationGracePeriodSeconds":15,"spec.template.spec.terminationGracePeriodSeconds":40}`; text != want {
		t.Errorf("got %s", text)
	}
	d, record := object{grace: "40", record: text}.read(t)
	if got := provenance.Recorded(d, record).Author(p); got == nil || got.String() != "15" {
		t.Errorf("the author's: %v", got)
	}
	if got := provenance.Gather(d, provenance.Stored{}, record).Of(p); got != provenance.Authored {
		t.Errorf("written by %s", got)
	}
	if got := provenance.Recorded(d, record.WithoutAuthors()); !got.Has(p) || got.Author(p) != nil {
		t.Errorf("without authors: %+v", got)
	}
	other, _ := object{grace: "41"}.read(t)
	if got := provenance.Recorded(other, record); got.Has(p) || got.Author(p) != nil {
		t.Errorf("of another value: %+v", got)
	}
}

func TestOnlyWhatModeEnforceMayFindIsBelievedOfAnAuthor(t *testing.T) {
	hook, command := workload.PreStop("app"), `{"exec":{"command":["sleep","5"]}}`
	for _, tc := range []struct {
		path   workload.Path
		author string
		want   bool
	}{
		{workload.GracePeriod, "0", true}, {workload.GracePeriod, "15", true},
		{workload.GracePeriod, "-1", false}, {workload.GracePeriod, `"15"`, false}, {workload.GracePeriod, "null", false}, {workload.GracePeriod, "3000000000", false},
		{workload.MinReadySeconds, "5", true}, {workload.ProgressDeadline, "100", true}, {workload.ProgressDeadline, "1.5", false},
		{workload.MaxUnavailable, "1", true}, {workload.MaxUnavailable, `"25%"`, true}, {workload.MaxUnavailable, `"101%"`, false}, {workload.MaxUnavailable, `"x"`, false}, {workload.MaxUnavailable, `"25"`, false},
		{workload.MaxSurge, "1", false}, {workload.ReadinessProbe("app"), command, false}, {"spec.replicas", "3", false},
		{hook, `{"sleep":{"seconds":5}}`, true}, {hook, command, true},
		{hook, `{"sleep":{"seconds":-5}}`, false}, {hook, `{"sleep":{"seconds":5},"exec":{"command":["x"]}}`, false}, {hook, `{}`, false},
		{hook, `{"exec":{"command":[]}}`, false}, {hook, `{"exec":{"command":[1]}}`, false}, {hook, `{"httpGet":{"host":"example.com","port":80}}`, false}, {hook, `5`, false},
	} {
		ours := "40"
		if name, _ := tc.path.Container(); name != "" {
			ours = `{"exec":{"command":["/ours"]}}`
		}
		record, err := provenance.ParseRecord(fmt.Sprintf(`{%q:%s,%q:%s}`, tc.path, ours, "author:"+tc.path, tc.author))
		if err != nil {
			t.Fatal(err)
		}
		d := readAs(t, tc.path, ours)
		if got := provenance.Recorded(d, record).Author(tc.path) != nil; got != tc.want {
			t.Errorf("%s of %s: believed %t", tc.author, tc.path, got)
		}
	}
}

func TestNoValuesGiveNoRecord(t *testing.T) {
	if text, err := provenance.Encode(nil, nil); err != nil || text != "" {
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
		for _, p := range provenance.Gather(d, provenance.Stored{}, record).Paths() {
			if !p.Known() || d.Get(p) == nil {
				t.Errorf("%q made %q ours", text, p)
			}
		}
	})
}

// readAs is a Deployment in which a field has a value.
func readAs(t *testing.T, p workload.Path, value string) *workload.Deployment {
	t.Helper()
	d, _ := object{grace: "30"}.read(t)
	var text string
	name, field := p.Container()
	if name != "" {
		first, rest, _ := strings.Cut(field, ".")
		if rest != "" {
			value = fmt.Sprintf(`{%q:%s}`, rest, value)
		}
		text = fmt.Sprintf(`{"spec":{"template":{"spec":{"containers":[{"name":%q,%q:%s}]}}}}`, name, first, value)
	} else {
		text = value
		for keys := d.Keys(p); len(keys) > 0; keys = keys[:len(keys)-1] {
			text = fmt.Sprintf(`{%q:%s}`, keys[len(keys)-1], text)
		}
		if text == value {
			return d // not of the closed set
		}
	}
	out, err := new(workload.Reader).Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
