package policy

import (
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// hookSleep is how long a hook waits, if it does nothing but wait: a native sleep,
// the command "sleep N", or a shell that runs just that.
func hookSleep(hook *corev1.LifecycleHandler) (time.Duration, bool) {
	if hook.Sleep != nil {
		return time.Duration(hook.Sleep.Seconds) * time.Second, true
	}
	if hook.Exec == nil {
		return 0, false
	}
	return commandSleep(hook.Exec.Command)
}

func commandSleep(command []string) (time.Duration, bool) {
	if len(command) == 3 && isShell(command[0]) && command[1] == "-c" {
		command = strings.Fields(command[2])
	}
	if len(command) != 2 || !strings.HasSuffix("/"+command[0], "/sleep") {
		return 0, false
	}
	seconds, err := strconv.ParseUint(strings.TrimSuffix(command[1], "s"), 10, 31)
	if err != nil {
		return 0, false
	}
	return time.Duration(seconds) * time.Second, true
}

func isShell(program string) bool {
	switch program[strings.LastIndexByte(program, '/')+1:] {
	case "sh", "bash", "ash", "dash":
		return true
	}
	return false
}
