package docs

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/rollguard/rollguard/test/child"
	"github.com/rollguard/rollguard/test/install"
)

// commandBound is far more than what a command takes, on a machine that is busy with
// other tests too.
const commandBound = 4 * time.Minute

// prelude says what some programs are here. Tests that a page names are part of "make
// test" already, so that they exist is enough; what is built comes from the repository;
// and kustomize is the one in kubectl.
const prelude = `set -o pipefail
go() {
	case $1 in
	test) [ -n "$(cd "$ROOT" && command go list "${@:2}")" ] ;;
	*) (here=$PWD; cd "$ROOT" && command go "${@/#bin\//$here/bin/}") ;;
	esac
}
kustomize() { kubectl kustomize "${@:2}"; }
`

func TestTheCommandsOfThePagesRun(t *testing.T) {
	a := newAccounts(t)
	w := newWorld(t)
	for _, x := range walks() {
		t.Run(x.page, func(t *testing.T) { w.walk(t, a, x) })
	}
}

// reader goes through one page, in a folder and with a home of his own.
type reader struct {
	*world

	t            *testing.T
	folder, home string
}

func (w *world) walk(t *testing.T, a *accounts, x walk) {
	r := &reader{world: w, t: t, folder: t.TempDir(), home: w.newHome(t)}
	defer w.clear(t)
	if out, code := r.run(x.before); code != 0 {
		t.Fatalf("before the page: exit code %d: %s", code, out)
	}
	replacer := strings.NewReplacer(append([]string{"REGISTRY", "registry.example"}, x.replace...)...)
	codes := maps.Clone(x.codes)
	for _, c := range a.left(x.page) {
		text := replacer.Replace(c.Text)
		if slices.Contains(x.serve, c.key()) {
			r.serve(text)
			continue
		}
		out, code := r.run(text)
		if want := x.codes[c.key()]; code != want {
			t.Errorf("%s\nexit code %d, want %d: %s", c, code, want, out)
		}
		t.Logf("%s\n%s", c, out)
		delete(codes, c.key())
	}
	if out, code := r.run(x.after); code != 0 {
		t.Errorf("after the page: exit code %d: %s", code, out)
	}
	for command := range codes {
		t.Errorf("%s is expected to end with a code of its own, and the page does not have it", command)
	}
}

// command is one that bash runs in the reader's folder.
func (r *reader) command(ctx context.Context, text string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "bash", "-c", prelude+text)
	cmd.Dir = r.folder
	// Whatever the person at this machine has set for kubectl and Helm must not count.
	cmd.Env = append(slices.Clone(r.env), "HOME="+r.home, "PATH="+r.tools+":"+os.Getenv("PATH"), "ROOT="+r.root)
	return cmd
}

func (r *reader) run(text string) (string, int) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), commandBound)
	defer cancel()
	cmd := r.command(ctx, text)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.t.Fatalf("%s: %v", text, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

var address = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// serve runs a server, at a free address instead of the page's, until it listens.
func (r *reader) serve(text string) {
	r.t.Helper()
	free, err := install.FreeAddresses()
	if err != nil {
		r.t.Fatal(err)
	}
	cmd := r.command(r.t.Context(), "exec "+address.ReplaceAllString(text, free.Ops))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = child.Attributes()
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	err = wait.PollUntilContextTimeout(r.t.Context(), 50*time.Millisecond, commandBound, true, func(ctx context.Context) (bool, error) {
		select {
		case err := <-ended:
			ended <- err
			return false, errors.Join(errors.New("it ended"), err)
		default:
		}
		return listens(ctx, free.Ops), nil
	})
	_ = cmd.Process.Signal(os.Interrupt)
	if err := errors.Join(err, <-ended); err != nil {
		r.t.Errorf("%s: %v\n%s", text, err, &out)
	}
}

func listens(ctx context.Context, address string) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	return err == nil && conn.Close() == nil
}

// newHome is a home with the kubeconfig of the administrator in its usual place, so that
// a page may change it.
func (w *world) newHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	text, err := os.ReadFile(w.plane.KubeconfigPath())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, ".kube", "config")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}
