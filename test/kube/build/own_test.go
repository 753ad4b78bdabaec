package build

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The main package of certmanager is in this repository, so not only another version of
// what it is made of asks for a new binary.
func TestEnsureBuildsOurProgramAgainWhenItsSourceChanged(t *testing.T) {
	root := t.TempDir()
	pins := filepath.Join(root, certManagerPins)
	writeFile(t, filepath.Join(pins, "go.mod"), fmt.Sprintf(
		"module github.com/rollguard/rollguard/%s\n\ngo 1.26.0\n\nrequire %s v1.21.2\n\nreplace %[2]s => ./empty\n", certManagerPins, certManagerModule))
	writeFile(t, filepath.Join(pins, "go.sum"), "")
	writeFile(t, filepath.Join(pins, "empty", "go.mod"), "module "+certManagerModule+"\n\ngo 1.26.0\n")
	for _, step := range []struct {
		says   string
		builds bool
	}{{"first", true}, {"first", false}, {"second", true}} {
		writeFile(t, filepath.Join(pins, "main.go"), fmt.Sprintf(etcdProgram, step.says))
		var log bytes.Buffer
		binaries, err := Ensure(t.Context(), Request{Root: root, Names: []string{"certmanager"}, Log: &log})
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), binaries["certmanager"]).CombinedOutput()
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.TrimSpace(string(out)); said != step.says || (log.Len() > 0) != step.builds {
			t.Errorf("it says %q, want %q; built: %v, want %v", said, step.says, log.Len() > 0, step.builds)
		}
	}
}
