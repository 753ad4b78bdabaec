//go:build linux

package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// A namespace of control groups belongs to a thread, and others find that of this process
// at its first thread. Package runtime promises that main stays there only where it is
// locked before main runs.
func init() {
	runtime.LockOSThread()
}

func main() {
	dir := flag.String("dir", "", "folder of the node")
	name := flag.String("name", "", "name of the node, also of its control group")
	flag.Parse()
	if err := prepare(*dir, *name); err != nil {
		fmt.Fprintf(os.Stderr, "nodeinit: %v\n", err)
		os.Exit(1)
	}
	if err := os.WriteFile(filepath.Join(ownFolder, "ready"), nil, 0o600); err != nil {
		fmt.Fprintf(os.Stderr, "nodeinit: %v\n", err)
		os.Exit(1)
	}
	reap()
}

// prepare sets up the namespaces. The order matters: nothing is mounted before mounts
// are private, and the control group is entered where its old paths still exist.
func prepare(dir, name string) error {
	if os.Getpid() != 1 {
		return errors.New("this is not the first process of a process namespace; test/kube/node starts it")
	}
	if dir == "" || name == "" {
		return errors.New("-dir and -name are needed")
	}
	if err := unix.Sethostname([]byte(name)); err != nil {
		return fmt.Errorf("set host name: %w", err)
	}
	groups, err := controlGroups()
	if err != nil {
		return err
	}
	if err := enterGroups(groups, name); err != nil {
		return err
	}
	if err := mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE); err != nil {
		return err
	}
	if err := mount("proc", "/proc", "proc", 0); err != nil {
		return err
	}
	if err := mountGroups(groups); err != nil {
		return err
	}
	if err := setUpFolders(dir); err != nil {
		return err
	}
	if err := fixKernelSettings(); err != nil {
		return err
	}
	return setNetwork()
}

// reap waits for every process that the kernel gives to the first one, until SIGTERM.
// The shims of containerd are among them: they leave their parent on purpose.
func reap() {
	term, child := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	signal.Notify(child, syscall.SIGCHLD)
	for {
		for {
			if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
		select {
		case <-term:
			return
		case <-child:
		}
	}
}
