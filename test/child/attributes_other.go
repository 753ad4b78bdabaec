//go:build !linux

package child

import "syscall"

// Attributes keep Ctrl-C on the terminal away from a program, which is stopped in order.
func Attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
