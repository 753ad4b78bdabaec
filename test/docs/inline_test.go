package docs

import (
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// foreign are commands in the text that begin with one of our programs and need a plugin
// that is not here.
func foreign() []string {
	return []string{"helm diff"} // github.com/databus23/helm-diff
}

// TestMakeHasTheTargets asks make what it would do, for blocks and text.
func TestMakeHasTheTargets(t *testing.T) {
	a := newAccounts(t)
	wanted := map[string]Command{}
	for _, page := range a.pages {
		for _, b := range a.blocks[page] {
			for _, c := range b.Commands() {
				if c.isMake() {
					wanted[c.key()] = c
				}
			}
		}
		for _, c := range a.inline(t, page, "make") {
			wanted[c.key()] = c
		}
	}
	if len(wanted) == 0 {
		t.Fatal("no page names a target: this test looks at the wrong place")
	}
	for _, text := range slices.Sorted(maps.Keys(wanted)) {
		cmd := exec.CommandContext(t.Context(), "make", append([]string{"-n", "-C", a.root}, strings.Fields(text)[1:]...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s\n%v: %s", wanted[text], err, out)
		}
	}
}

func (a *accounts) inline(t *testing.T, page string, programs ...string) []Command {
	t.Helper()
	out, err := Inline(a.root, page, programs...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// beyond is where a command in the text goes on with another one, or with a file.
var beyond = regexp.MustCompile(` [|&>].*$`)

// isGroup matches the help of a group of commands, which answers whatever stands behind it.
var isGroup = regexp.MustCompile(`(?m)^  \S.* (SUBCOMMAND|\[command\])`)

// TestCommandsInTheTextAreUnderstood asks the programs for their help on the commands that
// stand in sentences and tables: they fail when the command or one of its flags does not exist.
func TestCommandsInTheTextAreUnderstood(t *testing.T) {
	a := newAccounts(t)
	r := &reader{world: &world{programs: newPrograms(t)}, t: t, folder: t.TempDir(), home: t.TempDir()}
	done := map[string]bool{}
	for _, page := range a.pages {
		for _, c := range a.inline(t, page, "rollguard", "kubectl", "helm") {
			text := beyond.ReplaceAllString(c.Text, "")
			if done[text] || slices.Contains(foreign(), c.Text) {
				continue
			}
			done[text] = true
			out, code := r.run(text + " --help")
			if code != 0 || isGroup.MatchString(out) && len(strings.Fields(text)) > 2 {
				t.Errorf("%s\nexit code %d: %s", c, code, out)
			}
		}
	}
	if len(done) < 20 {
		t.Errorf("%d commands were found in the text: this test looks at the wrong place", len(done))
	}
}
