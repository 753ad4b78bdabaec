package apiserver

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// An API server drops a warning with a control character, and cuts warnings to 256
// runes once all together exceed 4,096.
func TestManyLongWarningsArriveWhole(t *testing.T) {
	s := newShop(t, enabled, annotations)
	var more strings.Builder
	for i := range 40 {
		name := fmt.Sprintf("a-container-with-quite-a-long-name-%s-%02d", strings.Repeat("x", 20), i)
		fmt.Fprintf(&more, `
      - name: %s
        image: registry.example/side:1
        lifecycle: {preStop: {exec: {command: [/bin/sh, -c, "do something; sleep %d"]}}}`, name, i)
	}
	manifest := strings.Replace(s.deployment(`annotations: {rollguard.io/keep-reason: "a\nb\u2028c\u0007", rollguard.io/keep: "grace-period", rollguard.io/owned: "no\nway"}`, ""), "      containers:\n", "      containers:"+more.String()+"\n", 1)
	warnings := s.kubectl(manifest, "apply", "-f", "-").Warnings()
	total := 0
	for _, w := range warnings {
		if n := utf8.RuneCountInString(w); n >= 256 {
			t.Errorf("%d runes: %s", n, w)
		} else {
			total += n
		}
		if strings.ContainsFunc(w, unicode.IsControl) || !strings.HasPrefix(w, "rollguard: ") {
			t.Errorf("not a clean line of ours: %q", w)
		}
	}
	if total >= 4096 || len(warnings) < 10 {
		t.Errorf("%d warnings of %d runes", len(warnings), total)
	}
	wantWarning(t, warnings, "made rollouts safe")
	wantWarning(t, warnings, "rollguard.io/owned")
}
