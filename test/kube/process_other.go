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
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// commandLine returns the arguments of a process, or none if it is gone.
func commandLine(pid int) []string {
	out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}
