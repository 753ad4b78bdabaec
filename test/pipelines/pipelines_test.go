package pipelines

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/rollguard/rollguard/test/kube"
)

// tools are the programs, in one folder that becomes the PATH.
type tools struct {
	t    *testing.T
	path string
	env  []string
}

func newTools(t *testing.T) *tools {
	t.Helper()
	binaries, err := kube.EnsureBinaries(t.Context(), os.Stderr, "helm", "helm3", "kubectl")
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir()
	for name, binary := range binaries {
		if err := os.Symlink(binary, filepath.Join(path, name)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(path, "rollguard"), "./cmd/rollguard")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	home := t.TempDir()
	return &tools{t: t, path: path, env: []string{"PATH=" + path + ":/usr/bin:/bin", "HOME=" + home, "HELM_DATA_HOME=" + filepath.Join(home, "helm")}}
}

// shell runs a line as a reader of the guide would, in the folder of this package.
func (x *tools) shell(code int, line string) string {
	x.t.Helper()
	stdout, stderr, got := x.run(line)
	if got != code {
		x.t.Fatalf("%s: exit code %d, want %d: %s%s", line, got, code, stdout, stderr)
	}
	return stdout
}

// fails runs a line that must fail, and returns what it says of that.
func (x *tools) fails(line string) string {
	x.t.Helper()
	stdout, stderr, code := x.run(line)
	if code == 0 {
		x.t.Fatalf("%s: it does not fail: %s%s", line, stdout, stderr)
	}
	return stderr
}

func (x *tools) run(line string) (stdout, stderr string, code int) {
	x.t.Helper()
	cmd := exec.CommandContext(x.t.Context(), "/bin/sh", "-c", line)
	cmd.Env = x.env
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		x.t.Fatal(err)
	}
	return out.String(), err.String(), cmd.ProcessState.ExitCode()
}

func TestHelmsPostRendererGivesWhatAPipeGives(t *testing.T) {
	x := newTools(t)
	x.shell(0, "helm plugin install ../../deploy/helm-post-renderer")
	piped := x.shell(0, "helm template shop testdata/chart | rollguard render -f - --assume-enabled")
	rendered := x.shell(0, "helm template shop testdata/chart --post-renderer rollguard")
	if !strings.Contains(piped, "preStop") || !strings.Contains(piped, "# The front of the shop.") {
		t.Errorf("render completed nothing, or lost a comment:\n%s", piped)
	}
	sameDocuments(t, piped, rendered)
	asked := x.shell(0, "helm template shop testdata/chart --post-renderer rollguard --post-renderer-args --kube-version=1.29")
	if !strings.Contains(asked, "exec:") {
		t.Errorf("the arguments of the post-renderer did not reach it:\n%s", asked)
	}
	x.shell(1, "helm template shop testdata/chart | rollguard audit -f -")
	x.shell(0, "helm template shop testdata/chart --post-renderer rollguard | rollguard audit -f -")
	x.shell(0, "helm template shop testdata/chart | rollguard audit -f - --assume-enabled")
}

// Helm 3 takes a program and its arguments for a post-renderer, Helm 4 a plugin.
func TestThePostRendererOfHelm3GivesWhatAPipeGives(t *testing.T) {
	x := newTools(t)
	if version := x.shell(0, "helm3 version --short"); !strings.HasPrefix(version, "v3.") {
		t.Fatalf("this is not Helm 3: %s", version)
	}
	piped := x.shell(0, "helm3 template shop testdata/chart | rollguard render -f - --assume-enabled")
	const post = " --post-renderer rollguard --post-renderer-args render --post-renderer-args -f --post-renderer-args - --post-renderer-args --assume-enabled"
	rendered := x.shell(0, "helm3 template shop testdata/chart"+post)
	if !strings.Contains(rendered, "preStop") {
		t.Errorf("render completed nothing:\n%s", rendered)
	}
	sameDocuments(t, piped, rendered)
	sameDocuments(t, x.shell(0, "helm template shop testdata/chart | rollguard render -f - --assume-enabled"), rendered)
	asked := x.shell(0, "helm3 template shop testdata/chart"+post+" --post-renderer-args --kube-version=1.29")
	if !strings.Contains(asked, "exec:") {
		t.Errorf("the arguments of the post-renderer did not reach it:\n%s", asked)
	}
	// What the program refuses is Helm's error, with the program's words.
	if out := x.fails("helm3 template shop testdata/chart" + post + " --post-renderer-args --kube-version=latest"); !strings.Contains(out, "is not a Kubernetes version such as 1.37") {
		t.Errorf("Helm says\n%s", out)
	}
}

func TestKustomizeIsReadFromAPipe(t *testing.T) {
	x := newTools(t)
	out := x.shell(0, "kubectl kustomize testdata/kustomize/overlay | rollguard render -f -")
	if !strings.Contains(out, "name: eu-web") || !strings.Contains(out, "preStop") {
		t.Errorf("not completed:\n%s", out)
	}
	if again := x.shell(0, "kubectl kustomize testdata/kustomize/overlay | rollguard render -f - | rollguard render -f -"); again != out {
		t.Errorf("a second time changes something:\n%s\n%s", out, again)
	}
	x.shell(0, "kubectl kustomize testdata/kustomize/overlay | rollguard audit -f - -o junit")
}

func TestTheHooksOfPreCommitRun(t *testing.T) {
	x := newTools(t)
	text, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var hooks []struct {
		ID, Name, Entry, Language string
		PassFilenames             bool `yaml:"pass_filenames"`
		Args                      []string
	}
	if err := yaml.Unmarshal(text, &hooks); err != nil {
		t.Fatal(err)
	}
	codes := map[string]int{"rollguard-audit": 1, "rollguard-diff": 0}
	for _, h := range hooks {
		if h.PassFilenames || h.Language == "" || h.Name == "" {
			t.Errorf("%+v", h)
		}
		code, known := codes[h.ID]
		if !known {
			t.Errorf("hook %s is not tried", h.ID)
		}
		x.shell(code, h.Entry+" -f testdata/kustomize/base")
	}
	x.shell(1, "rollguard render -o diff -f testdata/kustomize/base --assume-enabled")
}

// sameDocuments compares two streams.
func sameDocuments(t *testing.T, piped, rendered string) {
	t.Helper()
	if want, got := documents(t, piped), documents(t, rendered); want != got || want == "" {
		t.Errorf("by a pipe:\n%s\nby the post-renderer:\n%s", want, got)
	}
}

// documents is a stream with the same formatting, without comments.
func documents(t *testing.T, stream string) string {
	t.Helper()
	var out strings.Builder
	for d := yaml.NewDecoder(strings.NewReader(stream)); ; {
		var v any
		if err := d.Decode(&v); err != nil {
			return out.String()
		}
		text, err := yaml.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(text, "---\n"...))
	}
}
