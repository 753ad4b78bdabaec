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

// Process is a child of this program that writes to a log file. Its methods may
// be called from several goroutines.
type Process struct {
	name    string
	log     string // path of the log file
	cmd     *exec.Cmd
	exited  chan struct{} // closed when the process is gone
	exitErr error         // how it ended; to be read after exited
}

// Program is what StartProgram starts.
type Program struct {
	Path string
	Args []string
	Env  []string // beyond the environment of this program
	// Namespaces are the flags of clone(2), such as syscall.CLONE_NEWNET, for
	// new namespaces the program runs in; only Linux has them.
	Namespaces uintptr
	// Enter, where set, is called on the thread that then starts the program
	// and does nothing else any more, so it may move the thread to other
	// namespaces. Their first process must be one that StartProgram
	// started: the kernel
	// ends the others with that one, and not with this program directly.
	Enter func() error
}

// startProcess starts a child whose log and process id go to the folder.
func startProcess(s *state, program Program) (*Process, error) {
	name := filepath.Base(program.Path)
	p := &Process{
		name:   name,
		log:    s.path("logs", name+".log"),
		cmd:    exec.Command(program.Path, program.Args...),
		exited: make(chan struct{}),
	}
	p.cmd.Dir = s.dir
	if program.Enter != nil {
		p.cmd.Dir = "/" // Other mounts need not have the folder.
	}
	p.cmd.Env = append(os.Environ(), program.Env...)
	p.cmd.SysProcAttr = childAttributes(program)
	started := make(chan error)
	go p.run(program.Enter, started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := writePID(s.dir, name, p.cmd.Process.Pid); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

// run starts the child and waits for its end. The kernel sends the death signal
// when the thread that started a child ends, not when its process does, so the
// goroutine keeps its thread for as long as the child lives. A thread that
// entered namespaces ends with its goroutine, which never unlocks it.
func (p *Process) run(enter func() error, started chan<- error) {
	runtime.LockOSThread()
	if enter == nil {
		defer runtime.UnlockOSThread()
	} else if isMainThread() {
		// What /proc/self shows is what the main thread sees: it stays where it
		// is. This goroutine holds it, so the next one gets another.
		defer runtime.UnlockOSThread()
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.run(enter, started)
		}()
		<-done
		return
	}
	log, err := os.OpenFile(p.log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		started <- err
		return
	}
	defer log.Close()
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if enter != nil {
		err = enter()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	started <- err
	if err != nil {
		return
	}
	p.exitErr = p.cmd.Wait()
	close(p.exited)
}

// PID returns the process id.
func (p *Process) PID() int {
	return p.cmd.Process.Pid
}

// Alive returns nil while the process runs and then an error with the last
// lines of its log.
func (p *Process) Alive() error {
	select {
	case <-p.exited:
		return &exitError{name: p.name, cause: p.exitErr, tail: lastLines(p.log)}
	default:
		return nil
	}
}

// Stop asks the process to end, kills it when it takes too long, and waits
// until it is gone. It is an error if the process had ended before.
func (p *Process) Stop() error {
	if err := p.Alive(); err != nil {
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
	return p.Kill()
}

// Kill ends the process at once and waits until it is gone. It is an error if
// the process had ended before.
func (p *Process) Kill() error {
	if err := p.Alive(); err != nil {
		return err
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
