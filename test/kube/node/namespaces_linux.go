package node

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/rollguard/rollguard/test/kube"
)

// newNamespaces are the namespaces that the first process is started in. It makes that
// of the control groups itself, once it is in a group of its own.
const newNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC

// entered are the namespaces that every other process of the node enters. That of the
// processes counts for the children of the thread only.
var entered = [...]struct {
	file string
	kind int
}{
	{"cgroup", unix.CLONE_NEWCGROUP},
	{"ipc", unix.CLONE_NEWIPC},
	{"uts", unix.CLONE_NEWUTS},
	{"net", unix.CLONE_NEWNET},
	{"pid", unix.CLONE_NEWPID},
	{"mnt", unix.CLONE_NEWNS},
}

// namespaces are those of one node. The open files keep them apart from those of
// another process that gets the same id.
type namespaces struct {
	files []*os.File // in the order of entered
}

// startNamespaces starts the first process and waits until the namespaces are set up.
func (n *Node) startNamespaces(ctx context.Context) error {
	path := filepath.Join(n.dir, "nodeinit")
	if err := BuildProgram(ctx, "./test/kube/node/cmd/nodeinit", path); err != nil {
		return err
	}
	var err error
	n.first, err = n.plane.StartProgram(kube.Program{
		Path:       path,
		Args:       []string{"-dir=" + n.dir, "-name=" + n.name},
		Env:        []string{"PATH=" + searchPath()},
		Namespaces: newNamespaces,
	})
	if err != nil {
		return err
	}
	err = poll(ctx, "the namespaces of the node to be set up", func(context.Context) error {
		if err := n.first.Alive(); err != nil {
			return fatal{err}
		}
		_, err := os.Stat(filepath.Join(n.dir, "ready"))
		return err
	})
	if err != nil {
		return err
	}
	n.namespaces = &namespaces{}
	for _, one := range entered {
		file, err := os.Open(fmt.Sprintf("/proc/%d/ns/%s", n.first.PID(), one.file))
		if err != nil {
			return fmt.Errorf("open namespaces of the node: %w", err)
		}
		n.namespaces.files = append(n.namespaces.files, file)
	}
	// Only if it still lives were those its files.
	return n.first.Alive()
}

// enter moves the calling thread into the namespaces. The thread must not be used for
// anything else afterwards.
func (n *namespaces) enter() error {
	// A thread that shares its working folder with others cannot change its mounts.
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return fmt.Errorf("enter namespaces: %w", err)
	}
	for i, file := range n.files {
		if err := unix.Setns(int(file.Fd()), entered[i].kind); err != nil {
			return fmt.Errorf("enter %s namespace: %w", entered[i].file, err)
		}
	}
	return nil
}

// inside runs a command in the namespaces of the node and waits for its end.
func (n *Node) inside(ctx context.Context, command insideCommand) error {
	cmd := exec.CommandContext(ctx, command.path, command.args...)
	if command.stdin != nil {
		cmd.Stdin = command.stdin
	}
	cmd.Env = append(os.Environ(), "PATH="+searchPath())
	cmd.Dir = "/"
	var out []byte
	err := n.namespaces.onThread(func() error {
		var err error
		out, err = cmd.CombinedOutput()
		return err
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", filepath.Base(command.path), strings.Join(command.args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

// onThread calls f on a thread of its own that has entered the namespaces. The goroutine
// never unlocks its thread, which therefore ends with it. The first thread of the program
// cannot end, and what /proc/self shows is what that one sees; a goroutine that got it
// holds it for as long as another one works.
func (n *namespaces) onThread(f func() error) error {
	done := make(chan error)
	work := func() {
		runtime.LockOSThread()
		err := n.enter()
		if err == nil {
			err = f()
		}
		done <- err
	}
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != os.Getpid() {
			work()
			return
		}
		defer runtime.UnlockOSThread()
		finished := make(chan struct{})
		go func() {
			defer close(finished)
			work()
		}()
		<-finished
	}()
	return <-done
}

// close gives the files back.
func (n *namespaces) close() {
	for _, file := range n.files {
		file.Close()
	}
}
