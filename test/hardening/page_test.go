package hardening

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

const (
	page  = "../../docs/reference/hardening.md"
	begin = "| hostile input, at once | answer | what protects | peak memory |\n| --- | --- | --- | --- |\n"
)

// row is one line of the table.
type row struct {
	hostile
	peak int64
}

func (r row) text(peak string) string {
	return fmt.Sprintf("| %s, x %d | %s | %s | %s |\n", r.name, r.many, r.answer, r.protects, peak)
}

// checkPage compares the page with what was tried. The figures are those of the run that
// wrote it; they must be figures, and below the limit.
func checkPage(t *testing.T, rows []row, limit int64) {
	t.Helper()
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begin)
	if !ok {
		t.Fatalf("%s has no table", page)
	}
	table, after, _ := strings.Cut(rest+"\n", "\n\n")
	if *write {
		var out strings.Builder
		for _, r := range rows {
			out.WriteString(r.text(fmt.Sprintf("%d MiB", r.peak>>20)))
		}
		if err := os.WriteFile(page, []byte(before+begin+out.String()+"\n"+strings.TrimRight(after, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	lines := strings.Split(table, "\n")
	if len(lines) != len(rows) {
		t.Fatalf("the page has %d cases, %d were tried", len(lines), len(rows))
	}
	for i, r := range rows {
		want := "^" + strings.Replace(regexp.QuoteMeta(strings.TrimSuffix(r.text("PEAK"), "\n")), "PEAK", `(\d+) MiB`, 1) + "$"
		found := regexp.MustCompile(want).FindStringSubmatch(lines[i])
		if found == nil {
			t.Errorf("the page has the line %q, want %q", lines[i], r.text("... MiB"))
			continue
		}
		var mib int64
		if _, err := fmt.Sscan(found[1], &mib); err != nil || mib<<20 >= limit {
			t.Errorf("%s: %s MiB is not below the limit", r.name, found[1])
		}
	}
}
