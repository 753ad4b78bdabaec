package child

import "syscall"

// Attributes keep Ctrl-C on the terminal away from a program, which is stopped in order,
// and end it when whoever started it is killed.
func Attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
