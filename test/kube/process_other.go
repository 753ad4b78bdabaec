//go:build !linux

package kube

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// childAttributes keeps a child out of the terminal's process group, so that an
// interrupt from the keyboard reaches only this program. Only Linux can tie the
// life of a child to its parent; elsewhere the next Start ends leftovers.
func childAttributes(Program) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// isMainThread does not matter where threads have no namespaces.
func isMainThread() bool {
	return false
}

// commandLine returns the arguments of a process, or none if it is gone.
func commandLine(pid int) []string {
	out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}

// isEnding is for namespaces, which only Linux has.
func isEnding(int, string) bool {
	return false
}
