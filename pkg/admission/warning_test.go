package admission_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/util/net"

	"github.com/rollguard/rollguard/pkg/admission"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// respond is the answer to a decision that a test makes up.
func respond(t *testing.T, level admission.Warnings, d decision.Decision) *admissionv1.AdmissionResponse {
	t.Helper()
	h, _ := newHandler(shop())
	h.Warnings = level
	h.Decider = decider(func(*decision.Request) (decision.Decision, error) { return d, nil })
	return answer(t, h, review(t))
}

// decided is a decision with findings, each an outcome and its message.
func decided(findings ...string) decision.Decision {
	d := decision.Decision{Result: policy.Result{Trigger: policy.Created, Mode: api.Fill, Exposure: topology.Exposure{Kind: topology.Service}}}
	for _, text := range findings {
		outcome, message, _ := strings.Cut(text, ": ")
		d.Findings = append(d.Findings, policy.Finding{Outcome: policy.Outcome(outcome), Code: "Code", Message: message})
	}
	return d
}

func TestTheLevelSaysWhatIsWarnedOf(t *testing.T) {
	d := decided("changed: one", "at-risk: two", "kept: three", "changed: four", "skipped: five", "at-risk: six")
	summary, risks := "rollguard: Deployment shop/web: made rollouts safer: one, four", []string{"rollguard: Deployment shop/web: at risk: two", "rollguard: Deployment shop/web: at risk: six"}
	for level, want := range map[admission.Warnings][]string{
		admission.WarnChanges: append([]string{summary}, risks...),
		admission.WarnRisks:   risks,
		admission.WarnNone:    nil,
	} {
		if diff := cmp.Diff(want, respond(t, level, d).Warnings); diff != "" {
			t.Errorf("%s: -want +got:\n%s", level, diff)
		}
	}
}

func TestTheSummarySaysWhereTheTrafficComesFrom(t *testing.T) {
	ingress := "shop/web"
	route := topology.Route{Via: topology.ViaIngress, Ingress: &ingress, Service: "web", TargetType: topology.TargetIP}
	for want, change := range map[string]func(*decision.Decision){
		"rollguard: Deployment shop/web: made rollouts safe: one": func(*decision.Decision) {},
		"rollguard: Deployment shop/web: made rollouts safe behind ALB Ingress web (ip targets): one": func(d *decision.Decision) {
			d.Exposure = topology.Exposure{Kind: topology.ALBIP, Routes: []topology.Route{route, route}}
		},
		"rollguard: Deployment shop/web: made rollouts safe behind ALB Ingress web (ip targets) and 1 more: one": func(d *decision.Decision) {
			other := topology.Route{Via: topology.ViaService, Service: "other"}
			d.Exposure = topology.Exposure{Kind: topology.ALBIP, Routes: []topology.Route{other, route, other}}
		},
		"rollguard: Deployment shop/web: made rollouts safe behind NLB Service edge (instance targets) and 1 more: one": func(d *decision.Decision) {
			nlb := topology.Route{Via: topology.ViaService, Service: "edge", Balancer: topology.NLB, TargetType: topology.TargetInstance}
			d.Exposure = topology.Exposure{Kind: topology.NLBInstance, Routes: []topology.Route{route, nlb}}
		},
		"rollguard: Deployment shop/web: (audit only) would make rollouts safe behind ALB Ingress web (ip targets): one": func(d *decision.Decision) {
			d.Mode, d.Exposure.Routes = api.Audit, []topology.Route{route}
		},
		"rollguard: Deployment shop/web: nothing sends traffic here, so took back: the preStop hook in container app": func(d *decision.Decision) {
			d.Exposure.Kind, d.Findings[0] = topology.None, removed(workload.PreStop("app"))
		},
		"rollguard: Deployment shop/web: rollguard.io/exposure says that nothing sends traffic here, so took back: the preStop hook in container app": func(d *decision.Decision) {
			d.Settings.Exposure = api.Setting[string]{Value: "none", Source: api.Source{Layer: api.LayerNamespace}}
			d.Exposure.Kind, d.Findings[0] = topology.None, removed(workload.PreStop("app"))
		},
		"rollguard: Deployment shop/web: made rollouts safer (no route leads here yet, so until the next rollout as behind a Service): one": func(d *decision.Decision) {
			d.Findings = append(d.Findings, policy.Finding{Outcome: policy.Skipped, Code: policy.ExposureAssumed, Message: "assumed"})
		},
		"rollguard: Deployment shop/web: made rollouts safer, the rest with the next rollout: one": func(d *decision.Decision) {
			d.Findings = append(d.Findings, policy.Finding{Outcome: policy.Skipped, Code: policy.PendingRollout})
		},
		"rollguard: Deployment shop/web: made rollouts safer behind ALB Ingress web (ip targets), as far as rollguard.io/keep lets it: one": func(d *decision.Decision) {
			d.Exposure = topology.Exposure{Kind: topology.ALBIP, Routes: []topology.Route{route}}
			d.Findings = append(d.Findings, policy.Finding{Outcome: policy.Kept, Code: policy.KeptOnRequest})
		},
		"rollguard: Deployment shop/web: made rollouts safer for exposure alb-ip, but nothing waits for the load balancer: one": func(d *decision.Decision) {
			d.Settings.Exposure = api.Setting[string]{Value: "alb-ip", Source: api.Source{Layer: api.LayerDeployment}}
			d.Findings = append(d.Findings, policy.Finding{Outcome: policy.Skipped, Code: policy.NoReadinessGate})
		},
		"rollguard: Deployment shop/web: made rollouts safer, but the preStop sleep that was asked for is too short: one": func(d *decision.Decision) {
			asked := 2 * time.Second
			d.Settings.Timing.PreStopSleep.Value = &asked
			d.Settings.Timing.RequestTimeout.Value = 15 * time.Second
			d.Computed.PreStopSleep.Value, d.Computed.PreStopSleepSource = asked, "annotation"
			d.Computed.Propagation = 5 * time.Second
		},
		"rollguard: Deployment shop/web: took back: maxUnavailable": func(d *decision.Decision) { d.Findings[0] = removed(workload.MaxUnavailable) },
		"rollguard: Deployment shop/web: (audit only) would take back: maxUnavailable": func(d *decision.Decision) {
			d.Mode, d.Findings[0] = api.Audit, removed(workload.MaxUnavailable)
		},
		"rollguard: Deployment shop/web: took back: maxUnavailable is again what its author wrote": func(d *decision.Decision) {
			d.Findings[0] = removed(workload.MaxUnavailable)
			d.Findings[0].Message = string(workload.MaxUnavailable) + " is again what its author wrote"
		},
		"rollguard: Deployment shop/web: tidied up: maxSurge removed, as the strategy is Recreate": func(d *decision.Decision) {
			d.Findings[0] = policy.Finding{Outcome: policy.Changed, Code: policy.RollingUpdateRemoved, Message: "maxSurge removed, as the strategy is Recreate"}
		},
		"rollguard: Deployment shop/web: made rollouts safe: one; took back: minReadySeconds, maxSurge; tidied up: two": func(d *decision.Decision) {
			d.Findings = append([]policy.Finding{removed(workload.MinReadySeconds), {Outcome: policy.Changed, Code: policy.LeftoverRemoved, Message: "two"}, removed(workload.MaxSurge)}, d.Findings...)
		},
	} {
		d := decided("changed: one")
		change(&d)
		if diff := cmp.Diff([]string{want}, respond(t, admission.WarnChanges, d).Warnings); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestWhoOptsOutIsToldWhatWasRemoved(t *testing.T) {
	object := strings.NewReplacer(`"name":"web"},"spec":{"replicas"`,
		`"name":"web","labels":{"rollguard.io/inject":"disabled"},"annotations":{"rollguard.io/injected":"{\"spec.strategy.rollingUpdate.maxUnavailable\":0}"}},"spec":{"replicas"`,
		`"maxUnavailable":"25%"`, `"maxUnavailable":0`).Replace(bare)
	d, err := decision.NewMaker(api.NewResolver(nil, api.DefaultBounds())).Make(&decision.Request{New: []byte(object), Graph: shop().namespace.Graph})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"rollguard: Deployment shop/web: opted out, so removed: maxUnavailable"}
	if diff := cmp.Diff(want, respond(t, admission.WarnChanges, d).Warnings); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// removed is the finding for a value that was taken back.
func removed(p workload.Path) policy.Finding {
	return policy.Finding{Outcome: policy.Changed, Code: policy.NoLongerCalledFor, Path: p, Message: string(p) + " removed again"}
}

func TestAWriteThatDroppedOurFieldsIsNotSummedUp(t *testing.T) {
	d := decided("changed: put back", "at-risk: a short grace period")
	d.Trigger = policy.FieldsDropped
	if diff := cmp.Diff([]string{"rollguard: Deployment shop/web: at risk: a short grace period"}, respond(t, admission.WarnChanges, d).Warnings); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWithoutAChangeThereIsNoSummary(t *testing.T) {
	for _, d := range []decision.Decision{decided(), decided("kept: one", "skipped: two")} {
		if got := respond(t, admission.WarnChanges, d).Warnings; got != nil {
			t.Errorf("warnings %q", got)
		}
	}
}

func TestAWarningIsOneLineThatTheAPIServerTakes(t *testing.T) {
	for name, text := range map[string]string{
		"line ends":              "a\nb\r\nc\vd\fe",
		"tabs and bells":         "a\tb\ac\x00d\x1be\x7ff",
		"C1 control characters":  "a\u0080b\u0085c\u009fd",
		"separators of Unicode":  "a\u2028b\u2029c",
		"invalid UTF-8":          "a\xffb\xc3(c\xed\xa0\x80d",
		"a character cut in two": "a\xe2\x82",
		"replacement characters": "a\ufffdb",
	} {
		for _, outcome := range []string{"changed", "at-risk"} {
			lines := respond(t, admission.WarnChanges, decided(outcome+": "+text)).Warnings
			if len(lines) != 1 || !strings.Contains(lines[0], "a ") || strings.ContainsFunc(lines[0], unfit) {
				t.Errorf("%s: warnings %q", name, lines)
			}
			if _, err := net.NewWarningHeader(299, "", lines[0]); err != nil {
				t.Errorf("%s: the API server drops it: %v", name, err)
			}
		}
	}
}

// unfit are the characters that end a line somewhere, or that a terminal obeys.
func unfit(r rune) bool {
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || r == utf8.RuneError
}

func TestALongRiskIsCut(t *testing.T) {
	const fits = 255 - len("rollguard: Deployment shop/web: at risk: ")
	for name, tc := range map[string]struct{ message, want string }{
		"as long as may be":    {strings.Repeat("ü", fits), strings.Repeat("ü", fits)},
		"one rune too long":    {strings.Repeat("ü", fits+1), strings.Repeat("ü", fits-3) + "..."},
		"many bytes, one line": {strings.Repeat("\xff", 9000), strings.Repeat(" ", fits-3) + "..."},
	} {
		if diff := cmp.Diff([]string{"rollguard: Deployment shop/web: at risk: " + tc.want}, respond(t, admission.WarnRisks, decided("at-risk: "+tc.message)).Warnings); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestAShortenedSummarySaysHowManyMore(t *testing.T) {
	part := func(i int) string { return fmt.Sprintf("%02d", i) + strings.Repeat("x", 43) }
	many := func(n int) (findings, parts []string) {
		for i := range n {
			findings, parts = append(findings, "changed: "+part(i)), append(parts, part(i))
		}
		return findings, parts
	}
	four, parts := many(4)
	forty, _ := many(40)
	for name, tc := range map[string]struct {
		findings []string
		want     string
	}{
		"all fit":             {four, "made rollouts safe: " + strings.Join(parts, ", ")},
		"one more":            {slices.Concat(four, []string{"changed: a twenty rune change"}), "made rollouts safe: " + strings.Join(parts[:3], ", ") + ", and 2 more changes"},
		"four alike":          {[]string{four[0], four[0], four[0], four[0]}, "made rollouts safe: " + parts[0] + " (4 containers)"},
		"the last is long":    {[]string{"changed: one", "changed: " + strings.Repeat("x", 300)}, "made rollouts safe: one, and 1 more change"},
		"the first is long":   {[]string{"changed: " + strings.Repeat("x", 300), "changed: two"}, "made rollouts safe: 2 changes"},
		"the only one is":     {[]string{"changed: " + strings.Repeat("x", 300)}, "made rollouts safe: 1 change"},
		"more than any could": {forty, "made rollouts safe: " + strings.Join(parts[:3], ", ") + ", and 37 more changes"},
	} {
		got := respond(t, admission.WarnChanges, decided(tc.findings...)).Warnings
		if diff := cmp.Diff([]string{"rollguard: Deployment shop/web: " + tc.want}, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestALongOpeningIsCutToo(t *testing.T) {
	d := decided("changed: one")
	d.Exposure.Routes = []topology.Route{{Via: topology.ViaService, Service: strings.Repeat("s", 300)}}
	got := respond(t, admission.WarnChanges, d).Warnings
	if len(got) != 1 || len(got[0]) != 255 || !strings.HasSuffix(got[0], "sss...") {
		t.Errorf("warnings %q", got)
	}
}

func TestAllWarningsTogetherStayBelowWhereTheAPIServerCuts(t *testing.T) {
	findings := []string{"changed: one"}
	for i := range 100 {
		findings = append(findings, fmt.Sprintf("at-risk: %03d %s", i, strings.Repeat("ü", 300)))
	}
	lines := respond(t, admission.WarnChanges, decided(findings...)).Warnings
	total := 0
	for i, line := range lines {
		n := utf8.RuneCountInString(line)
		if total += n; n >= 256 {
			t.Errorf("a warning of %d runes", n)
		}
		if more := fmt.Sprintf("rollguard: Deployment shop/web: and %d more; see audit annotations", 101-i); i > 0 && line == more && i == len(lines)-1 {
			continue
		}
		if i > 0 && !strings.HasPrefix(line, fmt.Sprintf("rollguard: Deployment shop/web: at risk: %03d ", i-1)) {
			t.Errorf("line %d is %q", i, line)
		}
	}
	if !strings.HasSuffix(lines[len(lines)-1], " more; see audit annotations") {
		t.Errorf("the last line is %q", lines[len(lines)-1])
	}
	if total >= 4096 || total+255 < 4096 {
		t.Errorf("%d warnings of %d runes", len(lines), total)
	}
}

// TestAWarningNamesTheDeployment: kubectl prints a line once, however many objects of a folder
// it is about, so two that lack the same would be one line without a name.
func TestAWarningNamesTheDeployment(t *testing.T) {
	for name, want := range map[string]string{
		"api":                    "rollguard: Deployment shop/api: at risk: one",
		"":                       "rollguard: at risk: one", // the API server generates one
		strings.Repeat("n", 253): "rollguard: Deployment shop/" + strings.Repeat("n", 60) + "...: at risk: one",
	} {
		h, _ := newHandler(shop())
		h.Decider = decider(func(*decision.Request) (decision.Decision, error) { return decided("at-risk: one"), nil })
		named := func(req *admissionv1.AdmissionRequest) { req.Name = name }
		if diff := cmp.Diff([]string{want}, answer(t, h, review(t, named)).Warnings); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}
