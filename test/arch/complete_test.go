package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
)

func TestEveryCodeIsInTheCatalogueOnceAndUsed(t *testing.T) {
	text := policyText(t)
	declared := regexp.MustCompile(`(?m)^\t(\w+)\s+Code = "(\w+)"`).FindAllStringSubmatch(text, -1)
	if len(declared) == 0 {
		t.Fatal("no codes found: this test looks at the wrong place")
	}
	var listed []string
	for _, e := range policy.Catalogue() {
		if slices.Contains(listed, string(e.Code)) {
			t.Errorf("code %s is in the catalogue twice", e.Code)
		}
		listed = append(listed, string(e.Code))
		if !strings.HasSuffix(e.Means, ".") {
			t.Errorf("code %s: its meaning is no sentence: %q", e.Code, e.Means)
		}
	}
	for _, d := range declared {
		if d[1] != d[2] {
			t.Errorf("constant %s has the value %s", d[1], d[2])
		}
		if !slices.Contains(listed, d[2]) {
			t.Errorf("code %s is not in the catalogue", d[2])
		}
		if uses := len(regexp.MustCompile(`\b`+d[1]+`\b`).FindAllString(text, -1)); uses < 4 {
			t.Errorf("code %s is declared and listed, and no rule uses it", d[1])
		}
	}
}

// policyText is the source of package policy without tests, and of package decision, which
// judges the size of what comes out.
func policyText(t *testing.T) string {
	t.Helper()
	var files []string
	for _, folder := range []string{"policy", "decision"} {
		found, err := filepath.Glob("../../pkg/" + folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	var b strings.Builder
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(raw)
	}
	return b.String()
}
