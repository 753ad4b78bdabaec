package kube

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// childAttributes makes a child die when the thread that started it does, and
// keeps it out of the terminal's process group, so that an interrupt from the
// keyboard reaches only this program, which then stops its children in order.
// A child that enters other namespaces of processes dies with their first
// process instead: it does not see its parent there, which package syscall takes
// for a parent that is dead already.
func childAttributes(p Program) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Cloneflags: p.Namespaces}
	if p.Enter != nil {
		attributes.Pdeathsig = 0
	}
	return attributes
}

// isMainThread says whether the caller runs on the first thread of the program.
func isMainThread() bool {
	return syscall.Gettid() == syscall.Getpid()
}

// commandLine returns the arguments of a process, or none if it is gone.
func commandLine(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || len(text) == 0 {
		return nil
	}
	return strings.Split(string(bytes.TrimSuffix(text, []byte{0})), "\x00")
}

// isEnding says whether a process that was the named program has lost its memory,
// as the kernel takes that first, but is not dead yet.
func isEnding(pid int, name string) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	// proc_pid_stat(5): the name, which may hold anything, is in parentheses and
	// has at most 15 characters; the state follows.
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end+2 >= len(text) {
		return false
	}
	state := text[end+2]
	return string(text[open+1:end]) == name[:min(len(name), 15)] && state != 'Z' && state != 'X'
}
