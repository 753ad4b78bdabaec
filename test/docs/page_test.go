package docs

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestABlockGivesItsCommands(t *testing.T) {
	for name, tc := range map[string]struct {
		page string
		want []string
	}{
		"one for each line":                {"```\na b\nc\n```\n", []string{"2 a b", "3 c"}},
		"a comment behind a command":       {"```sh\na b   # why\n```\n", []string{"2 a b"}},
		"a comment on a line of its own":   {"```sh\n# why\na\n```\n", []string{"3 a"}},
		"a number sign within a word":      {"```sh\ngit show a#b\n```\n", []string{"2 git show a#b"}},
		"an empty line":                    {"```sh\na\n\nb\n```\n", []string{"2 a", "4 b"}},
		"a command of three lines":         {"```\na \\\n  -b \\\n  -c\nd\n```\n", []string{"2 a -b -c", "5 d"}},
		"a block within a list":            {"1. x\n   ```\n   a\n   ```\n", []string{"3 a"}},
		"two blocks":                       {"```\na\n```\nx\n```\nb\n```\n", []string{"2 a", "6 b"}},
		"what a program prints":            {"```text\na b\n```\n", nil},
		"a prompt in what a program is":    {"```text\n$ a b\nc\n```\n", []string{"2 a b"}},
		"a console":                        {"```console\n$ a\nb\n```\n", []string{"2 a"}},
		"a tab in the help of cobra":       {"```text\nx:\n\n\ta b\n```\n", []string{"4 a b"}},
		"another language":                 {"```yaml\na: b\n```\n", nil},
		"Windows' line ends":               {"```\r\na\r\n```\r\n", []string{"2 a"}},
		"no block":                         {"a `b c` d\n", nil},
		"fences in what a program says it": {"```text\nuse `a`\n```\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			blocks, err := parse("page.md", tc.page)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, b := range blocks {
				for _, c := range b.Commands() {
					got = append(got, strings.TrimPrefix(strings.Replace(c.String(), ": ", " ", 1), "page.md:"))
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFenceThatIsNotClosedIsAnError(t *testing.T) {
	if _, err := parse("page.md", "a\n```\nb\n"); err == nil || !strings.Contains(err.Error(), "page.md:2") {
		t.Errorf("got %v", err)
	}
}
