package load

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rollguard/rollguard/test/child"
)

//go:embed *.js
var scripts embed.FS

// K6 is a k6 program, and where it sends requests.
type K6 struct {
	// Path is the program. It may be a command of several words, such as
	// "ip netns exec NAME k6".
	Path string
	// Target is the URL that every request asks for.
	Target string
	// Log gets what k6 says; nil for nobody.
	Log io.Writer
	// Dir is where each run makes a folder, which it removes; empty means that for
	// temporary files.
	Dir string
}

// stoppedByAPI is the exit code of k6 after a run that its REST API has ended
// (errext/exitcodes of k6).
const stoppedByAPI = 103

// run is one process of k6.
type run struct {
	cmd     *exec.Cmd
	dir     string
	address string // of its REST API
	ended   chan struct{}
	err     error // of the process, once it has ended
}

// start begins a script with some variables of its environment.
func (k K6) start(ctx context.Context, script string, env ...string) (*run, error) {
	dir, err := os.MkdirTemp(k.Dir, "rollguard-load-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for k6: %w", err)
	}
	r := &run{dir: dir, ended: make(chan struct{})}
	if err := r.begin(ctx, k, script, env); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return r, nil
}

func (r *run) begin(ctx context.Context, k K6, script string, env []string) error {
	if err := os.CopyFS(r.dir, scripts); err != nil {
		return fmt.Errorf("write the scripts: %w", err)
	}
	var err error
	if r.address, err = freeAddress(); err != nil {
		return err
	}
	words := slices.Concat(strings.Fields(k.Path), []string{
		"run", "--quiet", "--no-color", "--no-usage-report", "--address", r.address, filepath.Join(r.dir, script),
	})
	r.cmd = exec.CommandContext(ctx, words[0], words[1:]...)
	r.cmd.Env = slices.Concat(os.Environ(), env, []string{"TARGET=" + k.Target, "SUMMARY=" + r.summaryFile()})
	r.cmd.Stdout, r.cmd.Stderr = k.Log, k.Log
	// It would hold its load for ever if this program were killed.
	r.cmd.SysProcAttr = child.Attributes()
	// Ending early, k6 still finishes its requests and writes the summary.
	r.cmd.Cancel = func() error { return r.cmd.Process.Signal(os.Interrupt) }
	r.cmd.WaitDelay = time.Minute
	if err := r.cmd.Start(); err != nil {
		return fmt.Errorf("start k6: %w", err)
	}
	go func() {
		r.err = r.cmd.Wait()
		close(r.ended)
	}()
	return nil
}

func (r *run) summaryFile() string { return filepath.Join(r.dir, "summary.json") }

// wait returns the summary when k6 has ended.
func (r *run) wait() (s Summary, err error) {
	defer func() { err = errors.Join(err, os.RemoveAll(r.dir)) }()
	<-r.ended
	var exit *exec.ExitError
	if r.err != nil && (!errors.As(r.err, &exit) || exit.ExitCode() != stoppedByAPI) {
		return s, fmt.Errorf("run k6: %w", r.err)
	}
	text, err := os.ReadFile(r.summaryFile())
	if err != nil {
		return s, fmt.Errorf("k6 left no summary: %w", err)
	}
	return parse(text)
}

// kill ends k6 at once.
func (r *run) kill() error {
	killed := r.cmd.Process.Kill()
	if errors.Is(killed, os.ErrProcessDone) {
		killed = nil
	}
	<-r.ended
	return errors.Join(killed, os.RemoveAll(r.dir))
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port for k6: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}
