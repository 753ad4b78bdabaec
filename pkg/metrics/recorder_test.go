package metrics_test

import (
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/rollguard/rollguard/pkg/metrics"
)

func options(registry prometheus.Registerer) metrics.Options {
	return metrics.Options{
		Registerer: registry,
		Modes:      []string{"fill", "audit"},
		Outcomes:   []string{"changed", "unchanged"},
		Codes:      []string{"MinReadyFromHealthCheck"},
		Stages:     []string{"decode"},
	}
}

func recorder(t testing.TB) (*metrics.Recorder, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	r, err := metrics.New(options(registry))
	if err != nil {
		t.Fatal(err)
	}
	return r, registry
}

// series returns the value of every series that is not zero; of a histogram the
// count.
func series(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, pair := range metric.GetLabel() {
				labels = append(labels, pair.GetName()+"="+pair.GetValue())
			}
			sort.Strings(labels)
			value := metric.GetCounter().GetValue() + metric.GetGauge().GetValue() + float64(metric.GetHistogram().GetSampleCount())
			if value != 0 {
				out[fmt.Sprintf("%s{%s}", family.GetName(), strings.Join(labels, ","))] = value
			}
		}
	}
	return out
}

func TestRecorderCounts(t *testing.T) {
	for _, tc := range []struct {
		name   string
		record func(*metrics.Recorder)
		want   map[string]float64
	}{
		{"a request is counted and timed", func(r *metrics.Recorder) { r.Admission("fill", "changed", time.Millisecond) },
			map[string]float64{"rollguard_admission_requests_total{mode=fill,outcome=changed}": 1, "rollguard_admission_duration_seconds{}": 1}},
		{"an unknown mode is other", func(r *metrics.Recorder) { r.Admission("no-such", "changed", 0) },
			map[string]float64{"rollguard_admission_requests_total{mode=other,outcome=changed}": 1, "rollguard_admission_duration_seconds{}": 1}},
		{"an unknown outcome is other", func(r *metrics.Recorder) { r.Admission("audit", "no-such", 0) },
			map[string]float64{"rollguard_admission_requests_total{mode=audit,outcome=other}": 1, "rollguard_admission_duration_seconds{}": 1}},
		{"a finding is counted by code", func(r *metrics.Recorder) { r.Finding("MinReadyFromHealthCheck") },
			map[string]float64{"rollguard_findings_total{code=MinReadyFromHealthCheck}": 1}},
		{"an unknown code is other", func(r *metrics.Recorder) { r.Finding("default/web"); r.Finding("") },
			map[string]float64{"rollguard_findings_total{code=other}": 2}},
		{"an internal error is counted by stage", func(r *metrics.Recorder) { r.InternalError("decode"); r.InternalError("no-such") },
			map[string]float64{"rollguard_internal_errors_total{stage=decode}": 1, "rollguard_internal_errors_total{stage=other}": 1}},
		{"a graph is counted", func(r *metrics.Recorder) { r.GraphBuilt() },
			map[string]float64{"rollguard_graph_builds_total{}": 1}},
		{"a refused configuration is counted and stays known", func(r *metrics.Recorder) { r.ConfigRefused() },
			map[string]float64{"rollguard_config_reloads_total{outcome=refused}": 1, "rollguard_config_refused{}": 1}},
		{"an applied configuration ends that", func(r *metrics.Recorder) { r.ConfigRefused(); r.ConfigApplied() },
			map[string]float64{"rollguard_config_reloads_total{outcome=refused}": 1, "rollguard_config_reloads_total{outcome=applied}": 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, registry := recorder(t)
			tc.record(r)
			if diff := cmp.Diff(tc.want, series(t, registry)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnknownWordsMakeNoSeries(t *testing.T) {
	r, registry := recorder(t)
	count := func() (n int) {
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range families {
			n += len(family.GetMetric())
		}
		return n
	}
	before := count()
	for i := range 1000 {
		word := fmt.Sprint("word-", i)
		r.Admission(word, word, 0)
		r.Finding(word)
		r.InternalError(word)
	}
	// 3 modes x 3 outcomes, 2 codes, 2 stages, 2 reloads, a dropped connection, and 4 without labels.
	if after := count(); before != 20 || after != before {
		t.Errorf("%d series before, %d after, want 20", before, after)
	}
}

func TestCertificateExpiryIsReadAtEveryScrape(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	var expiry time.Time
	o := options(registry)
	o.CertificateExpiry = func() time.Time { return expiry }
	if _, err := metrics.New(o); err != nil {
		t.Fatal(err)
	}
	const name = "rollguard_certificate_expiry_timestamp_seconds{}"
	if got := series(t, registry)[name]; got != 0 {
		t.Errorf("got %v without a certificate", got)
	}
	expiry = time.Unix(1_800_000_000, 0)
	if got := series(t, registry)[name]; got != 1_800_000_000 {
		t.Errorf("got %v", got)
	}
}

func TestDurationBuckets(t *testing.T) {
	r, registry := recorder(t)
	r.Admission("fill", "changed", 300*time.Microsecond)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var bounds, holding []float64
	for _, family := range families {
		for _, bucket := range family.GetMetric()[0].GetHistogram().GetBucket() {
			bounds = append(bounds, bucket.GetUpperBound())
			if bucket.GetCumulativeCount() == 1 {
				holding = append(holding, bucket.GetUpperBound())
			}
		}
	}
	want := []float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2}
	if diff := cmp.Diff(want, bounds); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[2:], holding); diff != "" {
		t.Error(diff)
	}
}

func TestHelpIsOneSentence(t *testing.T) {
	_, registry := recorder(t)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if help := family.GetHelp(); !strings.HasSuffix(help, ".") || strings.Count(help, ". ") > 0 {
			t.Errorf("%s: %q", family.GetName(), help)
		}
	}
}

func TestNewRegistersAllOrNothing(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	taken := prometheus.NewCounter(prometheus.CounterOpts{Name: "rollguard_graph_builds_total", Help: "Somebody else's."})
	registry.MustRegister(taken)
	if _, err := metrics.New(options(registry)); err == nil {
		t.Fatal("a taken name is no error")
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	if len(families) != 1 || families[0].GetHelp() != "Somebody else's." {
		t.Errorf("%d metrics stayed registered, want the one of somebody else", len(families))
	}
	_, registry = recorder(t)
	if _, err := metrics.New(options(registry)); err == nil || !strings.Contains(err.Error(), "registered already") {
		t.Errorf("got %v", err)
	}
	bad := options(registry)
	bad.Codes = []string{""}
	for _, o := range []metrics.Options{{}, bad} {
		if _, err := metrics.New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestRecordingAllocatesNothing(t *testing.T) {
	r, _ := recorder(t)
	got := testing.AllocsPerRun(1000, func() {
		r.Admission("fill", "changed", time.Millisecond)
		r.Admission("no-such", "no-such", time.Millisecond)
		r.Finding("MinReadyFromHealthCheck")
		r.Finding("no-such")
		r.InternalError("decode")
		r.GraphBuilt()
	})
	if got != 0 {
		t.Errorf("%v allocations per request", got)
	}
}

func BenchmarkRequest(b *testing.B) {
	r, _ := recorder(b)
	b.ReportAllocs()
	for b.Loop() {
		r.Admission("fill", "changed", time.Millisecond)
	}
}
