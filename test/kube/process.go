package kube

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// stopBound is how long a process may take to end by itself before it is
// killed.
const stopBound = 15 * time.Second

// process is a child of this program that writes to a log file.
type process struct {
	name    string
	log     string // path of the log file
	cmd     *exec.Cmd
	exited  chan struct{} // closed when the process is gone
	exitErr error         // how it ended; to be read after exited
}

// command is what startProcess runs.
type command struct {
	path string
	args []string
}

// startProcess starts a child whose log and process id go to the folder.
func startProcess(s *state, c command) (*process, error) {
	name := filepath.Base(c.path)
	p := &process{
		name:   name,
		log:    s.path("logs", name+".log"),
		cmd:    exec.Command(c.path, c.args...),
		exited: make(chan struct{}),
	}
	p.cmd.Dir = s.dir
	p.cmd.SysProcAttr = childAttributes()
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := writePID(s.dir, name, p.cmd.Process.Pid); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// run starts the child and waits for its end. The kernel sends the death signal
// when the thread that started a child ends, not when its process does, so the
// goroutine keeps its thread for as long as the child lives.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	log, err := os.OpenFile(p.log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		started <- err
		return
	}
	defer log.Close()
	p.cmd.Stdout, p.cmd.Stderr = log, log
	err = p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	p.exitErr = p.cmd.Wait()
	close(p.exited)
}

// alive returns nil while the process runs and then an error with the last
// lines of its log.
func (p *process) alive() error {
	select {
	case <-p.exited:
		return &exitError{name: p.name, cause: p.exitErr, tail: lastLines(p.log)}
	default:
		return nil
	}
}

// stop asks the process to end, kills it when it takes too long, and waits
// until it is gone. It is an error if the process had ended before.
func (p *process) stop() error {
	if err := p.alive(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopBound)
	defer cancel()
	// A process that ended just now is as good as one that was stopped.
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
		return nil
	case <-ctx.Done():
	}
	_ = p.cmd.Process.Kill()
	<-p.exited
	return nil
}

// exitError says that a process ended that was to run on.
type exitError struct {
	name  string
	cause error // nil if the process reported success
	tail  string
}

// Error returns how the process ended and the last lines of its log.
func (e *exitError) Error() string {
	how := "success"
	if e.cause != nil {
		how = e.cause.Error()
	}
	return fmt.Sprintf("%s ended by itself (%s); the last lines of its log:\n%s", e.name, how, e.tail)
}
