package kube

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// leftoverBound is how long a killed process may take to be gone.
const leftoverBound = 10 * time.Second

// writePID notes the process id of the named program, so that the next Start
// in the same folder can end it should this program be killed.
func writePID(dir, name string, pid int) error {
	path := filepath.Join(dir, "pids", name)
	if err := os.WriteFile(path, []byte(strconv.Itoa(pid)), 0o600); err != nil {
		return fmt.Errorf("write process id of %s: %w", name, err)
	}
	return nil
}

// endLeftovers kills the processes that an earlier run in dir left behind, as
// its files of process ids name them, and waits until they are gone.
func endLeftovers(dir string) error {
	files, err := os.ReadDir(filepath.Join(dir, "pids"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find leftover processes: %w", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(dir, "pids", file.Name()))
		if err != nil {
			return fmt.Errorf("find leftover processes: %w", err)
		}
		pid, err := strconv.Atoi(string(text))
		if err != nil || pid <= 1 {
			continue // Cut short by the kill: the death signal ends the process.
		}
		if err := endLeftover(dir, file.Name(), pid); err != nil {
			return err
		}
	}
	return nil
}

// endLeftover kills one process, if it is ours. The handle comes first and the
// check second: on Linux the handle stays with one process, so the signal
// cannot reach another one that got the same id in between.
func endLeftover(dir, name string, pid int) error {
	process, err := os.FindProcess(pid)
	if err != nil {
		return nil // No such process.
	}
	defer process.Release()
	if !isOurs(dir, name, pid) {
		return nil
	}
	if err := process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill leftover %s, process %d: %w", name, pid, err)
	}
	deadline := time.NewTimer(leftoverBound)
	defer deadline.Stop()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for isOurs(dir, name, pid) {
		select {
		case <-ticker.C:
		case <-deadline.C:
			return fmt.Errorf("leftover %s, process %d, is still there %s after it was killed", name, pid, leftoverBound)
		}
	}
	return nil
}

// isOurs says whether process pid is the named program running on the state
// folder dir. A process id alone proves nothing, as the kernel uses it again.
// A process that is being ended has no command line any more and counts still:
// the first one of a namespace ends all others then, which use the folder. A
// dead one that nobody has waited for does not count.
func isOurs(dir, name string, pid int) bool {
	args := commandLine(pid)
	if len(args) == 0 {
		return isEnding(pid, name)
	}
	if filepath.Base(args[0]) != name {
		return false
	}
	for _, arg := range args[1:] {
		if strings.Contains(arg, "="+dir+string(filepath.Separator)) {
			return true
		}
	}
	return false
}
