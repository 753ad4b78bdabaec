package apiserver

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// metric reads one series of the webhook, 0 when it is not there yet.
func metric(t *testing.T, series string) float64 {
	t.Helper()
	resp, err := http.Get("http://" + world.addresses.Ops + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return seriesIn(t, string(body), series)
}

func seriesIn(t *testing.T, metrics, series string) float64 {
	t.Helper()
	for _, line := range strings.Split(metrics, "\n") {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	return 0
}

func TestAPanicInARuleAdmitsTheWriteUnchanged(t *testing.T) {
	s := newShop(t, enabled, "\n    "+annotationPanic+`: "yes"`)
	before := metric(t, `rollguard_internal_errors_total{stage="panic"}`)
	out := s.kubectl(s.bare(), "apply", "-f", "-")
	expect(t, s.get(), untouched())
	wantWarning(t, out.Warnings(), "internal error")
	if after := metric(t, `rollguard_internal_errors_total{stage="panic"}`); after != before+1 {
		t.Errorf("the panic counter went from %v to %v", before, after)
	}
}

func wantWarning(t *testing.T, warnings []string, text string) {
	t.Helper()
	for _, w := range warnings {
		if strings.Contains(w, text) {
			return
		}
	}
	t.Errorf("no warning says %q: %q", text, warnings)
}

func TestUnreadableAnnotationsAreWarnedOfAndTheNextSourceIsUsed(t *testing.T) {
	s := newShop(t, enabled, `
    rollguard.io/readiness-timeout: "soon"
    rollguard.io/max-surge: "-1"
    rollguard.io/exposure: "cloud"
    rollguard.io/startup-path: "http://evil.example/"
    rollguard.io/redines-path: /test
    rollguard.io/keep: everything`)
	before := metric(t, `rollguard_findings_total{code="InvalidAnnotation"}`)
	out := s.kubectl(s.bare(), "apply", "-f", "-")
	expect(t, s.get(), byDefault())
	for _, text := range []string{"readiness-timeout", "max-surge", "exposure", "startup-path", "did you mean readiness-path?", "it belongs on the Deployment"} {
		wantWarning(t, out.Warnings(), text)
	}
	if after := metric(t, `rollguard_findings_total{code="InvalidAnnotation"}`); after != before+4 {
		t.Errorf("the counter of invalid annotations went from %v to %v, want 4 more", before, after)
	}
}

func TestFieldsThatRollguardDoesNotReadSurvive(t *testing.T) {
	s := newShop(t, enabled, annotations)
	s.kubectl(s.deployment(`labels: {team: shop}`, `env: [{name: A, value: "1"}]
        resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]
        lifecycle: {postStart: {exec: {command: ["true"]}}}
        livenessProbe: {tcpSocket: {port: 8080}}`), "apply", "-f", "-")
	d := s.get()
	c := d.Spec.Template.Spec.Containers[0]
	if len(c.Env) != 1 || len(c.ResizePolicy) != 1 || c.LivenessProbe == nil || c.Lifecycle.PostStart == nil || d.Labels["team"] != "shop" {
		t.Errorf("something that the author wrote is gone: %+v", c)
	}
	if c.Lifecycle.PreStop == nil || c.LivenessProbe.PeriodSeconds != 10 {
		t.Errorf("preStop is missing beside postStart, or the liveness probe was touched: %+v %+v", c.Lifecycle, c.LivenessProbe)
	}
}

// A Deployment of about 1 MB: the most that etcd takes is 1.5 MB. matchConditions
// compare whole specs in CEL, which has a budget; over it, failurePolicy Ignore would
// skip us without a word.
func TestADeploymentOfOneMegabyteReachesUsOnEveryWrite(t *testing.T) {
	s := newShop(t, enabled, annotations)
	manifest := s.deployment("", bigEnvironment(1_000_000))
	calls := func() float64 {
		return metric(t, `rollguard_admission_requests_total{mode="fill",outcome="changed"}`) +
			metric(t, `rollguard_admission_requests_total{mode="fill",outcome="unchanged"}`)
	}
	before := calls()
	s.kubectl(manifest, "create", "-f", "-")
	expect(t, s.get(), byContract())
	s.kubectl(strings.Replace(manifest, "web:1", "web:2", 1), "replace", "-f", "-")
	expect(t, s.get(), byContract())
	s.kubectl("", "annotate", "deployment", "web", "-n", s.name, "rollguard.io/max-surge=2")
	if got := guardedOf(s.get()); got.MaxSurge != "2" {
		t.Errorf("maxSurge %s: the change of an annotation did not reach us", got.MaxSurge)
	}
	if made := calls() - before; made != 3 {
		t.Errorf("the webhook was called %v times, want 3", made)
	}
	s.kubectl("", "label", "deployment", "web", "-n", s.name, "team=shop")
	if made := calls() - before; made != 3 {
		t.Errorf("a label on a Deployment of 1 MB reached the webhook: matchConditions did not hold")
	}
	noMatchConditionErrors(t)
}

func bigEnvironment(size int) string {
	const each = 100_000
	var b strings.Builder
	b.WriteString("env:")
	for i := range size / each {
		fmt.Fprintf(&b, "\n        - {name: BIG_%d, value: %q}", i, strings.Repeat("x", each))
	}
	return b.String()
}

// noMatchConditionErrors asks the API server itself.
func noMatchConditionErrors(t *testing.T) {
	t.Helper()
	raw, err := world.clients.Discovery().RESTClient().Get().AbsPath("/metrics").DoRaw(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const series = "apiserver_admission_match_condition_evaluation_errors_total"
	for _, line := range strings.Split(string(raw), "\n") {
		if strings.HasPrefix(line, series+"{") && strings.Contains(line, "rollguard") && !strings.HasSuffix(line, " 0") {
			t.Errorf("the API server could not evaluate a matchCondition: %s", line)
		}
	}
	if !strings.Contains(string(raw), "apiserver_admission_match_condition_evaluation_seconds") {
		t.Error("the API server shows no metrics of matchConditions: this test looks at the wrong place")
	}
}

func TestManySmallEntriesStayWithinTheBudgetToo(t *testing.T) {
	for _, tc := range []struct {
		name    string
		entries int
		want    guarded
		warning string
	}{
		{"1,500 entries are decided on", 1500, byContract(), "made rollouts safe"},
		// The API server's budget is not what bounds these: what a review may cost is.
		{"8,000 entries pass as written, and the author is told", 8000, untouched(), "this Deployment is too large for Rollguard's memory limit; it was stored as you wrote it"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			manifest := s.deployment("", manyVariables(tc.entries))
			out := s.kubectl(manifest, "create", "-f", "-")
			s.kubectl(strings.Replace(manifest, "web:1", "web:2", 1), "replace", "-f", "-")
			expect(t, s.get(), tc.want)
			if all := strings.Join(out.Warnings(), "\n"); !strings.Contains(all, tc.warning) {
				t.Errorf("warnings: %q", all)
			}
		})
	}
	noMatchConditionErrors(t)
}

func manyVariables(n int) string {
	var b strings.Builder
	b.WriteString("env:")
	for i := range n {
		fmt.Fprintf(&b, "\n        - {name: VARIABLE_NUMBER_%d, value: %q}", i, strings.Repeat("v", 60))
	}
	return b.String()
}
