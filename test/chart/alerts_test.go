package chart

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/VictoriaMetrics/metricsql"
)

// alert is one rule of the PrometheusRule.
type alert struct {
	name, expr, severity, summary, description, runbook string
}

func alerts(t *testing.T, flags ...string) []alert {
	t.Helper()
	var out []alert
	for _, o := range objects(t, render(t, append([]string{"--set", "metrics.prometheusRule.enabled=true"}, flags...)...)) {
		if o.GetKind() != "PrometheusRule" {
			continue
		}
		raw, err := json.Marshal(o.Object["spec"])
		if err != nil {
			t.Fatal(err)
		}
		var spec struct {
			Groups []struct {
				Rules []struct {
					Alert, Expr         string
					Labels, Annotations map[string]string
				}
			}
		}
		if err := json.Unmarshal(raw, &spec); err != nil {
			t.Fatal(err)
		}
		for _, r := range spec.Groups[0].Rules {
			out = append(out, alert{r.Alert, r.Expr, r.Labels["severity"], r.Annotations["summary"], r.Annotations["description"], r.Annotations["runbook_url"]})
		}
	}
	if len(out) == 0 {
		t.Fatal("no alerts were rendered")
	}
	return out
}

// dashboardQueries are the expressions of the dashboard, by panel.
func dashboardQueries(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("../../deploy/helm/rollguard/files/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(raw, &dashboard); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			out[p.Title+": "+target.Expr] = strings.ReplaceAll(target.Expr, "$__rate_interval", "5m")
		}
	}
	return out
}

// queries are those of the alerts and of the dashboard, by where they stand.
func queries(t *testing.T) map[string]string {
	t.Helper()
	out := dashboardQueries(t)
	for _, a := range alerts(t) {
		out[a.name] = a.expr
	}
	return out
}

// metric is one selector of a query.
type metric struct {
	name   string
	labels []string // that it filters by
}

// metricsOf parses a query. One that asks for nothing is a mistake.
func metricsOf(t *testing.T, where, query string) []metric {
	t.Helper()
	expr, err := metricsql.Parse(query)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	var out []metric
	metricsql.VisitAll(expr, func(e metricsql.Expr) {
		selector, ok := e.(*metricsql.MetricExpr)
		if !ok || len(selector.LabelFilterss) == 0 {
			return
		}
		m := metric{name: selector.LabelFilterss[0][0].Value}
		for _, filter := range selector.LabelFilterss[0][1:] {
			m.labels = append(m.labels, filter.Label)
		}
		out = append(out, m)
	})
	if len(out) == 0 {
		t.Errorf("%s asks for no metric: %s", where, query)
	}
	return out
}

// served tells whether a page of metrics has the metric, with the labels.
func served(page string, m metric) bool {
	for line := range strings.Lines(page) {
		name, rest, hasLabels := strings.Cut(line, "{")
		if !hasLabels {
			name, rest, _ = strings.Cut(line, " ")
		}
		if name != m.name {
			continue
		}
		missing := slices.ContainsFunc(m.labels, func(label string) bool { return !strings.Contains(rest, label+`="`) })
		if !missing {
			return true
		}
	}
	return false
}

// ask checks what alerts and dashboard ask for against a page of metrics.
func ask(t *testing.T, page string, is func(name string) bool) {
	t.Helper()
	asked := 0
	for where, query := range queries(t) {
		for _, m := range metricsOf(t, where, query) {
			if !is(m.name) {
				continue
			}
			asked++
			if !served(page, m) {
				t.Errorf("%s asks for %s with %v, which is not served", where, m.name, m.labels)
			}
		}
	}
	if asked == 0 {
		t.Error("nothing was asked for")
	}
}

func ofTheAPIServer(name string) bool { return strings.HasPrefix(name, "apiserver_") }

func TestAlertsAndDashboardAskForMetricsThatRollguardServes(t *testing.T) {
	namespace(t, "rollguard", nil)
	helm(t, "install", "rollguard", chartDir(t), "--namespace", "rollguard")
	defer uninstall(t)
	resp, err := http.Get("http://" + startWebhook(t).Ops + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", resp.Status, err)
	}
	ask(t, string(page), func(name string) bool { return !ofTheAPIServer(name) })
}

// An alert without a section in the runbook wakes somebody who then has nothing to read.
func TestEveryAlertHasItsSectionInTheRunbook(t *testing.T) {
	raw, err := os.ReadFile("../../docs/guides/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	var sections []string
	for _, found := range regexp.MustCompile(`(?m)^## (Rollguard\w+)$`).FindAllStringSubmatch(string(raw), -1) {
		sections = append(sections, found[1])
	}
	var names []string
	for _, a := range alerts(t) {
		names = append(names, a.name)
		if !slices.Contains(sections, a.name) {
			t.Errorf("the runbook has no section ## %s", a.name)
		}
		if want := "/docs/guides/runbook.md#" + strings.ToLower(a.name); !strings.HasSuffix(a.runbook, want) {
			t.Errorf("%s: runbook_url %s does not end in %s", a.name, a.runbook, want)
		}
		if a.severity != "warning" && a.severity != "critical" || a.summary == "" || a.description == "" {
			t.Errorf("%s says too little: %+v", a.name, a)
		}
	}
	for _, s := range sections {
		if !slices.Contains(names, s) {
			t.Errorf("the runbook has a section for %s, which is no alert", s)
		}
	}
}
