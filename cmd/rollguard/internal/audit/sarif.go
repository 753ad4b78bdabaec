package audit

import (
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/rollguard/rollguard/pkg/policy"
)

// The parts of SARIF 2.1.0 that are written (OASIS, Static Analysis Results Interchange
// Format, sections 3.13 to 3.58). GitHub and GitLab read them.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string       `json:"id"`
		Short         sarifText    `json:"shortDescription"`
		Help          *sarifText   `json:"help,omitempty"`
		Configuration sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
)

// SARIF writes a result for each thing that is missing or at risk, at the line where it
// stands or would stand.
func (r *Report) SARIF(w io.Writer) error {
	run := sarifRun{
		Tool:    sarifTool{sarifDriver{Name: "rollguard", Version: r.Rollguard, Rules: []sarifRule{}}},
		Results: []sarifResult{},
	}
	for i := range r.Deployments {
		row := &r.Deployments[i]
		for j := range row.Reasons {
			if level := row.Reasons[j].level(); level != "" {
				run.add(row, &row.Reasons[j], level)
			}
		}
	}
	invocation := sarifInvocation{Successful: len(r.Errors) == 0}
	for _, text := range r.Errors {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{"error", sarifText{text}})
	}
	for _, gap := range r.Unread {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{"warning", sarifText{gap.What + " could not be read: " + gap.Err}})
	}
	run.Invocations = []sarifInvocation{invocation}
	return writeJSON(w, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

// level is empty for what is no result.
func (r *Reason) level() string {
	switch r.Kind {
	case AtRisk:
		return "error"
	case Missing:
		return "warning"
	}
	return ""
}

func (run *sarifRun) add(row *Row, reason *Reason, level string) {
	text := row.Key() + ": " + reason.Message
	if reason.Kind == Missing {
		text = row.Key() + " lacks what Rollguard adds: " + reason.Message
	}
	location := sarifLocation{Logical: []sarifLogical{{Name: row.Key(), Kind: "resource"}}}
	if row.File != "" && !strings.HasPrefix(row.File, "(") { // standard input is no file
		location.Physical = &sarifPhysical{sarifArtifact{uri(row.File)}, sarifRegion{max(reason.Line, 1)}}
	}
	run.Results = append(run.Results, sarifResult{
		RuleID: string(reason.Code), RuleIndex: run.rule(reason.Code, level), Level: level,
		Message: sarifText{text}, Locations: []sarifLocation{location},
		// Lines move; the same finding about the same Deployment is the same.
		Fingerprints: map[string]string{"deploymentAndCode/v1": row.Key() + "/" + string(reason.Code) + "/" + string(reason.Rule)},
	})
}

// rule is the index of a rule, which is added when it is first needed.
func (run *sarifRun) rule(code policy.Code, level string) int {
	rules := run.Tool.Driver.Rules
	if i := slices.IndexFunc(rules, func(rule sarifRule) bool { return rule.ID == string(code) }); i >= 0 {
		return i
	}
	rule := sarifRule{ID: string(code), Short: sarifText{string(code)}, Configuration: sarifDefault{level}}
	for _, e := range policy.Catalogue() {
		if e.Code != code {
			continue
		}
		rule.Short.Text = e.Means
		if e.Advice != "" {
			rule.Help = &sarifText{e.Advice}
		}
	}
	run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
	return len(rules)
}

// uri is a file's name as SARIF wants it, relative to where the program ran.
func uri(file string) string {
	u := url.URL{Path: file}
	return strings.TrimPrefix(u.String(), "./")
}
