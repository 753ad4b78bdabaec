package install

import "syscall"

// ownGroup keeps Ctrl-C on the terminal away from the webhook, which is stopped in
// order, and ends it when whoever started it is killed.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
