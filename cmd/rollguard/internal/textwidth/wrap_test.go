package textwidth_test

import (
	"testing"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
)

func TestTextIsBrokenBetweenWords(t *testing.T) {
	for name, tc := range map[string]struct {
		text, want string
		width      int
	}{
		"no width, no break":              {"one two three", "one two three\n", 0},
		"what fits stays":                 {"one two", "one two\n", 7},
		"what does not goes below":        {"one two three", "one two\n  three\n", 8},
		"a word that is too long is kept": {"a immeasurably b", "a\n  immeasurably\n  b\n", 6},
		"letters count, not bytes":        {"äöü äöü", "äöü äöü\n", 7},
	} {
		if got := textwidth.Wrap(tc.text, tc.width, "  "); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestATableFitsTheWidthThatThereIs(t *testing.T) {
	rows := [][]string{{"STATE", "NAME", "WHY"}, {"bad", "shop/web", "one reason and another reason and a third"}, {"good", "shop/api", ""}}
	for width, want := range map[int]string{
		0: "STATE  NAME      WHY\nbad    shop/web  one reason and another reason and a third\ngood   shop/api\n",
		45: "STATE  NAME      WHY\nbad    shop/web  one reason and another\n" +
			"                 reason and a third\ngood   shop/api\n",
		20: "bad  shop/web\n  why: one reason\n    and another\n    reason and a\n    third\ngood  shop/api\n",
	} {
		table := textwidth.Table{Rows: rows, Width: width}
		if got := table.String(); got != want {
			t.Errorf("width %d:\n%s\nwant\n%s", width, got, want)
		}
	}
}

func TestATableMayCutItsLastColumn(t *testing.T) {
	for why, want := range map[string]string{
		"one reason and another reason":  "one reason and another...",
		"reasonsreasonsreasonsreasonsss": "reasonsreasonsreasonsreas...",
		"a reason":                       "a reason",
	} {
		table := textwidth.Table{Rows: [][]string{{"NAME", "WHY"}, {"web", why}}, Width: 34, Cut: true}
		if got := table.String(); got != "NAME  WHY\nweb   "+want+"\n" {
			t.Errorf("%s: got\n%s", why, got)
		}
	}
}
