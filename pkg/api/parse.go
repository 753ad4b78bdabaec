package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
)

// maxValue is the longest annotation value that is looked at, in bytes. Anything
// longer is a mistake or worse.
const maxValue = 1024

// parseDuration reads "15s", "1m30s". The API counts in whole seconds, so the value
// must too.
func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("is not a duration such as 15s")
	}
	if d < 0 {
		return 0, fmt.Errorf("is negative")
	}
	if d%time.Second != 0 {
		return 0, fmt.Errorf("is not a whole number of seconds")
	}
	if d > 24*time.Hour {
		return 0, fmt.Errorf("is longer than a day")
	}
	return d, nil
}

func parsePositiveDuration(s string) (time.Duration, error) {
	d, err := parseDuration(s)
	if err == nil && d == 0 {
		return 0, fmt.Errorf("must be at least 1s")
	}
	return d, err
}

func parseThreshold(s string) (int32, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 1 || n > 10000 {
		return 0, fmt.Errorf("is not a number between 1 and 10000")
	}
	return int32(n), nil
}

func parseBool(s string) (bool, error) {
	switch s {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("is neither true nor false")
}

func parseCountOrPercent(s string) (intstr.IntOrString, error) {
	digits, percent := strings.CutSuffix(s, "%")
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 0 || n > 1_000_000 || digits != strconv.FormatInt(n, 10) {
		return intstr.IntOrString{}, fmt.Errorf("is neither a count such as 2 nor a percentage such as 25%%")
	}
	if percent {
		return intstr.FromString(s), nil
	}
	return intstr.FromInt32(int32(n)), nil
}

// parseSurge refuses zero: maxUnavailable is 0 by default, and the API takes only one
// of the two.
func parseSurge(s string) (intstr.IntOrString, error) {
	v, err := parseCountOrPercent(s)
	if err == nil && (s == "0" || s == "0%") {
		return v, fmt.Errorf("must not be zero: a rollout then takes Pods away before it adds new ones")
	}
	return v, err
}

// parseUnavailable refuses more than 100%, as the API's validation does.
func parseUnavailable(s string) (intstr.IntOrString, error) {
	v, err := parseCountOrPercent(s)
	if err != nil || v.Type != intstr.String {
		return v, err
	}
	if n, _ := strconv.Atoi(strings.TrimSuffix(s, "%")); n > 100 {
		return v, fmt.Errorf("is more than 100%%")
	}
	return v, nil
}

func parsePort(s string) (intstr.IntOrString, error) {
	if n, err := strconv.ParseInt(s, 10, 32); err == nil {
		if msgs := validation.IsValidPortNum(int(n)); len(msgs) > 0 {
			return intstr.IntOrString{}, fmt.Errorf("is not a port number between 1 and 65535")
		}
		return intstr.FromInt32(int32(n)), nil
	}
	if msgs := validation.IsValidPortName(s); len(msgs) > 0 {
		return intstr.IntOrString{}, fmt.Errorf("is neither a port number nor a port name")
	}
	return intstr.FromString(s), nil
}

// parsePath takes the path of an HTTP probe. It goes into a request line, so blanks
// and control characters are refused.
func parsePath(s string) (string, error) {
	if !strings.HasPrefix(s, "/") {
		return "", fmt.Errorf("does not start with /")
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7f {
			return "", fmt.Errorf("holds a blank or a control character")
		}
	}
	return s, nil
}

func parseName(s string) (string, error) {
	if msgs := validation.IsDNS1123Label(s); len(msgs) > 0 {
		return "", fmt.Errorf("is not a container name")
	}
	return s, nil
}

func parseText(s string) (string, error) { return s, nil }

// oneOf reads one of a few words.
func oneOf[T ~string](allowed ...T) func(string) (T, error) {
	return func(s string) (T, error) {
		if slices.Contains(allowed, T(s)) {
			return T(s), nil
		}
		names := make([]string, len(allowed))
		for i, a := range allowed {
			names[i] = string(a)
		}
		return "", fmt.Errorf("is none of %s%s", strings.Join(names, ", "), suggestion(s, names))
	}
}

func parseRules(s string) ([]Rule, error) {
	var rules []Rule
	parse := oneOf(Rules()...)
	for _, item := range strings.Split(s, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		rule, err := parse(item)
		if err != nil {
			if near := nearestRule(item); near != "" {
				return nil, fmt.Errorf("names rule %s, which does not exist; did you mean %s?", quoted(item, maxQuotedItem), near)
			}
			return nil, fmt.Errorf("names rule %s, which %w", quoted(item, maxQuotedItem), err)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// nearestRule is the rule that somebody meant who wrote another name, "" when none is
// near: often it is the name of a field that the rule writes.
func nearestRule(name string) string {
	switch strings.ReplaceAll(normalize(name), "-", "") {
	case "minreadyseconds", "minready":
		return string(RuleMinReady)
	case "terminationgraceperiodseconds", "terminationgraceperiod", "graceperiodseconds", "grace":
		return string(RuleGracePeriod)
	case "progressdeadlineseconds", "progress", "deadline":
		return string(RuleProgressDeadline)
	case "maxunavailable", "maxsurge", "surge", "rollingupdate", "rollout":
		return string(RuleStrategy)
	case "lifecycle", "prestopsleep", "prestophook", "sleep":
		return string(RulePreStop)
	case "readiness":
		return string(RuleReadinessProbe)
	case "startup":
		return string(RuleStartupProbe)
	}
	return nearest(name, ruleNames())
}

func ruleNames() []string {
	var names []string
	for _, r := range Rules() {
		names = append(names, string(r))
	}
	return names
}
