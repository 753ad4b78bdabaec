//go:build !linux

package install

import "syscall"

// ownGroup keeps Ctrl-C on the terminal away from the webhook, which is stopped in
// order.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
