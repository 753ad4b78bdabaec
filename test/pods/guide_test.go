package pods

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/test/docs"
)

// guide returns the first block of commands in a guide that holds the text: what is
// tested is what a person will type. All of the block must be run, as package docs takes
// the calls of this function for a proof that it is.
func guide(t *testing.T, page, text string) string {
	t.Helper()
	found := findBlock(t, page, func(b docs.Block) bool { return b.Holds(text) })
	if found == "" {
		t.Fatalf("docs/guides/%s has no block of commands with %q", page, text)
	}
	return found
}

// findBlock returns the first block of a guide that is the one, empty where none is.
func findBlock(t *testing.T, page string, is func(docs.Block) bool) string {
	t.Helper()
	blocks, err := docs.Blocks(world.root, "docs/guides/"+page)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks {
		if is(block) {
			return strings.ReplaceAll(strings.TrimSpace(block.Text), "REGISTRY", registry)
		}
	}
	return ""
}

// folder returns an empty folder from which the paths in the guides lead to the
// repository.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(world.root, "deploy"), filepath.Join(dir, "deploy")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// searchPath is the PATH of a person who has the programs of this test.
func searchPath() string {
	return strings.Join([]string{
		filepath.Dir(world.program), filepath.Dir(world.binaries["helm"]), filepath.Dir(world.binaries["kubectl"]), os.Getenv("PATH"),
	}, string(os.PathListSeparator))
}

// try runs commands as a person would at the root of the repository, and returns what
// they print. helm install and helm upgrade get the flags too.
func try(t *testing.T, dir, commands string, flags ...string) (string, error) {
	t.Helper()
	const withFlags = `helm() {
	case $1 in
	install | upgrade) command helm "$@" $FLAGS ;;
	*) command helm "$@" ;;
	esac
}
`
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", withFlags+commands)
	cmd.Dir = dir
	// Whatever the person at this machine has set for Helm must not count.
	cmd.Env = []string{
		"PATH=" + searchPath(),
		"HOME=" + t.TempDir(), "KUBECONFIG=" + world.cluster.KubeconfigPath(), "FLAGS=" + strings.Join(flags, " "),
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// do is try for what must succeed.
func do(t *testing.T, commands string, flags ...string) {
	t.Helper()
	doIn(t, folder(t), commands, flags...)
}

func doIn(t *testing.T, dir, commands string, flags ...string) {
	t.Helper()
	if out, err := try(t, dir, commands, flags...); err != nil {
		t.Fatalf("%s\n%v: %s", commands, err, out)
	}
}
