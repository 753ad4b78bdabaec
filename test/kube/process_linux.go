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
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// commandLine returns the arguments of a process, or none if it is gone.
func commandLine(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || len(text) == 0 {
		return nil
	}
	return strings.Split(string(bytes.TrimSuffix(text, []byte{0})), "\x00")
}
