package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/test/kube/build"
)

// key is a command in one layout.
func (c Command) key() string { return strings.Join(strings.Fields(c.Text), " ") }

// excuses are commands that cannot run here, with the reason.
func excuses() map[string]string {
	const (
		registry = "needs cosign, and a registry that takes signatures"
		clones   = "needs the public internet, and builds the image twice; test/pods builds it once, with make image"
		list     = "needs a registry, and both images; test/release builds the one of the other architecture"
		shells   = "needs a shell that is not here; cmd/rollguard/testdata/script/completion.txtar prints all of them"
	)
	return map[string]string{
		"git clone https://github.com/rollguard/rollguard a && git clone https://github.com/rollguard/rollguard b":       clones,
		"(cd a && make image ARCH=amd64) ; (cd b && make image ARCH=amd64)":                                              clones,
		"buildah manifest create rollguard-list":                                                                         list,
		"buildah manifest add rollguard-list docker-archive:bin/image-amd64.tar":                                         list,
		"buildah manifest add rollguard-list docker-archive:bin/image-arm64.tar":                                         list,
		"buildah manifest push --all rollguard-list docker://REGISTRY/rollguard:X.Y.Z":                                   list,
		"cosign sign REGISTRY/rollguard@sha256:DIGEST":                                                                   registry,
		"cosign attest --type cyclonedx --predicate bin/linux-amd64/sbom.json REGISTRY/rollguard@sha256:DIGEST-OF-AMD64": registry,
		"cosign verify REGISTRY/rollguard@sha256:DIGEST --certificate-identity-regexp 'https://github.com/rollguard/rollguard/' " +
			"--certificate-oidc-issuer https://token.actions.githubusercontent.com": registry,
		"rollguard completion bash > $(brew --prefix)/etc/bash_completion.d/rollguard":    shells,
		"rollguard completion zsh > $(brew --prefix)/share/zsh/site-functions/_rollguard": shells,
		"source <(rollguard completion zsh)":                                              shells,
		`rollguard completion zsh > "${fpath[1]}/_rollguard"`:                             shells,
		"rollguard completion fish | source":                                              shells,
		"rollguard completion powershell | Out-String | Invoke-Expression":                shells,
	}
}

// accounts say who runs which command.
type accounts struct {
	root    string
	pages   []string // all that are in the repository, without those about tests
	blocks  map[string][]Block
	excused map[string]string
	// elsewhere are the blocks that test/pods runs, by page and line.
	elsewhere map[string]bool
}

func newAccounts(t *testing.T) *accounts {
	t.Helper()
	root, err := build.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	a := &accounts{root: root, blocks: map[string][]Block{}, excused: excuses(), elsewhere: map[string]bool{}}
	for _, page := range strings.Fields(string(out)) {
		if strings.HasPrefix(page, "test/") {
			continue
		}
		if a.blocks[page], err = Blocks(root, page); err != nil {
			t.Fatal(err)
		}
		a.pages = append(a.pages, page)
	}
	for _, c := range guideCalls(t, filepath.Join(root, "test", "pods", "*_test.go")) {
		if !a.claim(c) {
			t.Errorf("test/pods reads from docs/guides/%s a block with %q, which is not there", c.page, c.text)
		}
	}
	return a
}

// claim notes the block that a call of guide gets.
func (a *accounts) claim(c call) bool {
	page := "docs/guides/" + c.page
	for _, b := range a.blocks[page] {
		if b.Holds(c.text) {
			a.elsewhere[b.place()] = true
			return true
		}
	}
	return false
}

func (b Block) place() string { return b.Page + ":" + strconv.Itoa(b.Line) }

// call is guide(t, page, text) in test/pods: its first block with the text is run there.
type call struct{ page, text string }

// guideCalls finds the calls in the source.
func guideCalls(t *testing.T, pattern string) []call {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var out []call
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			x, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if name, ok := x.Fun.(*ast.Ident); !ok || name.Name != "guide" || len(x.Args) != 3 {
				return true
			}
			out = append(out, call{literal(t, path, x.Args[1]), literal(t, path, x.Args[2])})
			return true
		})
	}
	if len(out) == 0 {
		t.Fatalf("%s: no test reads a guide: this test looks at the wrong place", pattern)
	}
	return out
}

func literal(t *testing.T, path string, x ast.Expr) string {
	t.Helper()
	if basic, ok := x.(*ast.BasicLit); ok {
		if text, err := strconv.Unquote(basic.Value); err == nil {
			return text
		}
	}
	t.Fatalf("%s: guide is called with something else than texts, so what it reads is not known", path)
	return ""
}

// left are the commands of a page for which nobody else answers.
func (a *accounts) left(page string) []Command {
	var out []Command
	for _, b := range a.blocks[page] {
		for _, c := range b.Commands() {
			if !a.elsewhere[b.place()] && a.excused[c.key()] == "" && !c.isMake() {
				out = append(out, c)
			}
		}
	}
	return out
}

// isMake tells that it is a target of the Makefile: that it exists is tested, and running
// them is what CI does.
func (c Command) isMake() bool { return strings.HasPrefix(c.Text, "make ") }

func TestEveryCommandOfThePagesIsRun(t *testing.T) {
	a := newAccounts(t)
	var walked []string
	for _, x := range walks() {
		if len(a.left(x.page)) == 0 {
			t.Errorf("there is a walk through %s, and the page has no commands for it", x.page)
		}
		walked = append(walked, x.page)
	}
	for _, page := range a.pages {
		for _, c := range a.left(page) {
			if !slices.Contains(walked, page) {
				t.Errorf("%s\nno test runs it: add the page to walks, or read it in test/pods, or say in excuses why neither can be; if it is no command, the language of the block is text", c)
			}
		}
	}
	shown := map[string]bool{}
	for _, blocks := range a.blocks {
		for _, b := range blocks {
			for _, c := range b.Commands() {
				shown[c.key()] = true
			}
		}
	}
	for command, why := range a.excused {
		if !shown[command] {
			t.Errorf("%s is excused (%s), and no page shows it", command, why)
		}
	}
}
