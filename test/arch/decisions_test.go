package arch

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/reference/decisions.md names the test of each sentence; a name that does not
// exist would promise a proof that is not there.
func TestTheDecisionsPageNamesTestsAndFixturesThatExist(t *testing.T) {
	raw, err := os.ReadFile("../../docs/reference/decisions.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testNames(t)
	names := regexp.MustCompile("`(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(string(raw), -1)
	if len(names) < 30 {
		t.Fatalf("only %d tests are named", len(names))
	}
	for _, n := range names {
		if !tests[n[1]] {
			t.Errorf("test %s does not exist", n[1])
		}
	}
	for _, line := range strings.Split(string(raw), "\n") {
		_, list, ok := strings.Cut(line, "fixture ")
		if !ok {
			continue
		}
		for _, c := range regexp.MustCompile(`[a-z-]+/[a-z0-9-]+`).FindAllString(list, -1) {
			if _, err := os.Stat(filepath.Join("../fixtures", c, "want.yaml")); err != nil {
				t.Errorf("fixture %s does not exist", c)
			}
		}
	}
}

func testNames(t *testing.T) map[string]bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-co", "--exclude-standard", "*_test.go")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, path := range strings.Fields(string(out)) {
		raw, err := os.ReadFile(filepath.Join("../..", path))
		if err != nil {
			continue // deleted in the working tree
		}
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(raw), -1) {
			names[m[1]] = true
		}
	}
	return names
}
