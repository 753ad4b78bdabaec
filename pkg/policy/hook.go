package policy

import (
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// HookSleep is how long a preStop hook waits, if it does nothing but wait.
func HookSleep(hook *corev1.LifecycleHandler) (time.Duration, bool) { return hookSleep(hook) }

// hookSleep is how long a hook waits, if it does nothing but wait: a native sleep,
// the command "sleep N", or a shell that runs just that.
func hookSleep(hook *corev1.LifecycleHandler) (time.Duration, bool) {
	switch {
	case hook.HTTPGet != nil || hook.TCPSocket != nil || hook.Sleep != nil && hook.Exec != nil:
		return 0, false // of two handlers validation allows none
	case hook.Sleep != nil:
		return time.Duration(hook.Sleep.Seconds) * time.Second, true
	case hook.Exec != nil:
		return commandSleep(hook.Exec.Command)
	}
	return 0, false
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

// lengthened is the same hook with a longer sleep.
func lengthened(hook *corev1.LifecycleHandler, seconds int64) corev1.LifecycleHandler {
	if hook.Sleep != nil {
		return corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: seconds}}
	}
	command := slices.Clone(hook.Exec.Command)
	last := len(command) - 1
	if last == 2 { // a shell
		command[last] = command[last][:strings.LastIndexByte(strings.TrimRight(command[last], " "), ' ')+1] + strconv.FormatInt(seconds, 10)
	} else {
		command[last] = strconv.FormatInt(seconds, 10)
	}
	return corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: command}}
}

func isShell(program string) bool {
	switch program[strings.LastIndexByte(program, '/')+1:] {
	case "sh", "bash", "ash", "dash":
		return true
	}
	return false
}
