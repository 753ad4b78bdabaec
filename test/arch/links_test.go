package arch

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// anchor is what a heading is called in a link.
func anchor(text string) string {
	text = strings.ToLower(regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(text, ""))
	return strings.ReplaceAll(text, " ", "-")
}

func TestLinksInDocumentsLeadSomewhere(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, path := range strings.Fields(string(out)) {
		raw, err := os.ReadFile(filepath.Join("../..", path))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(string(raw), -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			links++
			file, fragment, _ := strings.Cut(found[1], "#")
			target := path
			if file != "" {
				target = filepath.Join(filepath.Dir(path), file)
			}
			text, err := os.ReadFile(filepath.Join("../..", target))
			if err != nil {
				if _, err = os.Stat(filepath.Join("../..", target)); err != nil {
					t.Errorf("%s links to %s, which is not there", path, found[1])
				}
				continue
			}
			if fragment != "" && !slices.Contains(anchors(string(text)), fragment) {
				t.Errorf("%s links to %s, and there is no such heading", path, found[1])
			}
		}
	}
	if links == 0 {
		t.Fatal("no links found: this test looks at the wrong place")
	}
}

func anchors(text string) []string {
	var out []string
	for _, found := range heading.FindAllStringSubmatch(text, -1) {
		out = append(out, anchor(found[1]))
	}
	return out
}
