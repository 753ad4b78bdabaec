package linediff

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestUnified(t *testing.T) {
	tests := map[string]struct{ a, b, want string }{
		"equal texts have no difference":    {a: "x\ny\n", b: "x\ny\n"},
		"a changed line stands in context":  {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n", "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n"},
		"a text may begin from nothing":     {"", "x\n", "--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n"},
		"a text may come to nothing":        {"x\n", "", "--- a\n+++ b\n@@ -1 +0,0 @@\n-x\n"},
		"a missing last line break is said": {"x", "x\n", "--- a\n+++ b\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n"},
		"changes far apart make two hunks": {
			strings.Repeat("-\n", 10) + "a\n" + strings.Repeat("=\n", 10) + "b\n", strings.Repeat("-\n", 10) + "A\n" + strings.Repeat("=\n", 10) + "B\n",
			"--- a\n+++ b\n@@ -8,7 +8,7 @@\n -\n -\n -\n-a\n+A\n =\n =\n =\n@@ -19,4 +19,4 @@\n =\n =\n =\n-b\n+B\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Unified("a", "b", []Pair{{tt.a, tt.b}}); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

// FuzzCompare checks that the blocks are a way from the one text to the other.
func FuzzCompare(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nc\nd\n")
	f.Add("", "x")
	f.Add("a\nb\na\nb\na\n", "b\na\nb\nb\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := Split(a), Split(b)
		if strings.Join(x, "") != a {
			t.Fatal("the lines are not the text")
		}
		endA, endB := 0, 0
		for _, block := range Compare(x, y) {
			if block.A0 != endA || block.B0 != endB {
				t.Fatalf("gap before %+v", block)
			}
			if block.Equal && strings.Join(x[block.A0:block.A1], "") != strings.Join(y[block.B0:block.B1], "") {
				t.Fatalf("%+v is not equal", block)
			}
			endA, endB = block.A1, block.B1
		}
		if endA != len(x) || endB != len(y) {
			t.Fatalf("ends at %d, %d of %d, %d", endA, endB, len(x), len(y))
		}
	})
}

func TestPatchUnderstandsTheDiff(t *testing.T) {
	tool, err := exec.LookPath("patch")
	if err != nil {
		t.Logf("patch is not installed: %v", err)
		return
	}
	a := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n"
	b := "0\n1\n2\n4\nX\n6\n7\n8\n9\n10\n11\nY"
	file := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(file, []byte(a), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tool, file)
	cmd.Stdin = strings.NewReader(Unified("a", "b", []Pair{{a, b}}))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != b {
		t.Errorf("got %q, %v", got, err)
	}
}
