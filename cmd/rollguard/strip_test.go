package main

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/cli"
	"github.com/rollguard/rollguard/test/fixtures"
)

func printed(t *testing.T, in []byte, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"rollguard"}, args...)
	if code := cli.Run(args, cli.Streams{In: bytes.NewReader(in), Out: &stdout, Err: &stderr}); code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, code, stderr.String())
	}
	return stdout.Bytes()
}

// withoutNulls drops members that say as much as none.
func withoutNulls(text []byte) string {
	return regexp.MustCompile(`,?\s*"[^"]*": null`).ReplaceAllString(string(text), "")
}

func TestStripGivesBackWhatRenderWasGiven(t *testing.T) {
	changed, exact := 0, 0
	for _, c := range fixtures.Load(t) {
		if bytes.Contains(c.In, []byte("rollguard.io/injected")) {
			continue // it comes with a record, so it is not what an author wrote
		}
		t.Run(c.Name, func(t *testing.T) {
			rendered := printed(t, c.In, "render", "-f", "-")
			if bytes.Equal(rendered, c.In) {
				return
			}
			changed++
			stripped := printed(t, rendered, "strip", "-f", "-")
			if bytes.Equal(stripped, c.In) {
				exact++
				return
			}
			want, got := printed(t, c.In, "strip", "-f", "-", "-o", "json"), printed(t, stripped, "strip", "-f", "-", "-o", "json")
			if diff := cmp.Diff(withoutNulls(want), withoutNulls(got)); diff != "" {
				t.Errorf("(-as it was +after render and strip)\n%s", diff)
			}
		})
	}
	t.Logf("%d files changed by render; %d of them came back byte for byte", changed, exact)
	if changed < 50 {
		t.Errorf("render changed only %d files", changed)
	}
}
