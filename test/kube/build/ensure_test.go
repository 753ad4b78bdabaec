package build

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// The tests build a repository whose etcd is a program of a few lines, which
// takes a second to compile and nothing to download.
const etcdProgram = `package main

func main() { println("%s") }
`

// writeFile writes a file and the folders it is in.
func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// pinEtcd makes the repository at root pin an etcd that prints its version.
func pinEtcd(t *testing.T, root, version, program string) {
	t.Helper()
	pins := filepath.Join(root, etcdPins)
	writeFile(t, filepath.Join(pins, "go.mod"), fmt.Sprintf(
		"module pins\n\ngo 1.26.0\n\nrequire %s %s\n\nreplace %[1]s => ./etcd\n", etcdModule, version))
	writeFile(t, filepath.Join(pins, "etcd", "go.mod"), "module "+etcdModule+"\n\ngo 1.26.0\n")
	writeFile(t, filepath.Join(pins, "etcd", "main.go"), program)
}

// ensureEtcd returns what the etcd says that Ensure returns, and its log.
func ensureEtcd(t *testing.T, r Request) (said, log string) {
	t.Helper()
	var progress bytes.Buffer
	r.Log, r.Names = &progress, []string{"etcd"}
	binaries, err := Ensure(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(binaries["etcd"]).CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out)), progress.String()
}

func TestEnsureBuildsWhatIsNeeded(t *testing.T) {
	root, out := t.TempDir(), t.TempDir()
	steps := []struct {
		name    string
		prepare func()
		want    string
		builds  bool
	}{
		{"first", func() {}, "v3.7.3", true},
		{"again", func() {}, "v3.7.3", false},
		{"other version", func() { pinEtcd(t, root, "v3.7.4", fmt.Sprintf(etcdProgram, "v3.7.4")) }, "v3.7.4", true},
		{"binary is gone", func() { _ = os.Remove(filepath.Join(out, "etcd")) }, "v3.7.4", true},
		{"stamp is gone", func() { _ = os.Remove(filepath.Join(out, ".etcd.stamp")) }, "v3.7.4", true},
		{"unfinished build", func() {
			writeFile(t, filepath.Join(out, ".building-1", "etcd"), "half")
			_ = os.Remove(filepath.Join(out, "etcd"))
		}, "v3.7.4", true},
		{"again", func() {}, "v3.7.4", false},
	}
	pinEtcd(t, root, "v3.7.3", fmt.Sprintf(etcdProgram, "v3.7.3"))
	for _, step := range steps {
		step.prepare()
		said, log := ensureEtcd(t, Request{Root: root, Out: out})
		if said != step.want {
			t.Errorf("%s: etcd says %q, want %q", step.name, said, step.want)
		}
		if builds := log != ""; builds != step.builds {
			t.Errorf("%s: builds is %v, want %v; log:\n%s", step.name, builds, step.builds, log)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(out, unfinishedPattern)); len(left) > 0 {
		t.Errorf("unfinished builds left: %v", left)
	}
}

func TestEnsureBuildsOnce(t *testing.T) {
	root := t.TempDir()
	pinEtcd(t, root, "v3.7.3", fmt.Sprintf(etcdProgram, "once"))
	var group sync.WaitGroup
	logs := make([]string, 4)
	for i := range logs {
		group.Go(func() { _, logs[i] = ensureEtcd(t, Request{Root: root}) })
	}
	group.Wait()
	if builds := strings.Count(strings.Join(logs, ""), "done in"); builds != 1 {
		t.Errorf("%d builds, want 1; logs:\n%s", builds, strings.Join(logs, "\n"))
	}
}

func TestEnsureUsesAssets(t *testing.T) {
	root, assets := t.TempDir(), t.TempDir()
	path := filepath.Join(assets, "etcd")
	writeFile(t, path, "")
	got, err := Ensure(t.Context(), Request{Root: root, Assets: assets, Names: []string{"etcd"}})
	if err != nil || got["etcd"] != path {
		t.Errorf("etcd is %q, %v; want %s", got["etcd"], err, path)
	}
	_, err = Ensure(t.Context(), Request{Root: root, Assets: assets, Names: []string{"kubectl"}})
	checkError(t, err, "KUBEBUILDER_ASSETS is set, so kubectl must be there")
}

func TestEnsureFails(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name    string
		ctx     context.Context
		program string
		binary  string
		want    string
	}{
		{"unknown name", t.Context(), "", "etdc", `unknown binary "etdc": known are etcd, kube-apiserver`},
		{"compiler fails", t.Context(), "package main\n\nfunc main() { missing() }\n", "etcd", "undefined: missing"},
		{"context has ended", ended, fmt.Sprintf(etcdProgram, ""), "etcd", "context canceled"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			pinEtcd(t, root, "v3.7.3", test.program)
			_, err := Ensure(test.ctx, Request{Root: root, Names: []string{test.binary}})
			checkError(t, err, test.want)
			if left, _ := filepath.Glob(filepath.Join(root, "bin/kube", unfinishedPattern)); len(left) > 0 {
				t.Errorf("unfinished builds left: %v", left)
			}
		})
	}
}
