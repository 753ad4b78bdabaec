package pods

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// dialBound is how long a connection may take: a firewall that says nothing takes for
// ever.
const dialBound = 3 * time.Second

// way is a connection that may be made or not.
type way struct {
	name string
	from string // the Pod, or this machine where it is empty
	to   string // address
	open bool   // under the policy
}

// try returns nil where the connection is made.
func (w way) try(t *testing.T) error {
	t.Helper()
	call := func() error {
		dialer := net.Dialer{Timeout: dialBound}
		conn, err := dialer.DialContext(t.Context(), "tcp", w.to)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	if w.from == "" {
		return call()
	}
	process, err := processOf(w.from)
	if err == nil {
		err = inNetworkOf(process, call)
	}
	return err
}

// processOf returns the folder in /proc of the application of a Pod, whose name the
// container runtime gives it as its host name.
func processOf(pod string) (string, error) {
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return "", err
	}
	for _, process := range processes {
		environment, err := os.ReadFile(process + "/environ")
		if err == nil && slices.Contains(strings.Split(string(environment), "\x00"), "HOSTNAME="+pod) && onOurNode(process) {
			return process, nil
		}
	}
	return "", fmt.Errorf("no process of Pod %s is found", pod)
}

// inNetworkOf calls f on a thread in the network of a process. A connection that f makes
// to an address, not to a name, starts there.
func inNetworkOf(process string, f func() error) error {
	there, err := os.Open(process + "/ns/net")
	if err != nil {
		return err
	}
	defer there.Close()
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		here, err := os.Open("/proc/thread-self/ns/net")
		if err == nil {
			defer here.Close()
			err = unix.Setns(int(there.Fd()), unix.CLONE_NEWNET)
		}
		if err == nil {
			err = f()
			// A thread that does not find back ends with this goroutine.
			if back := unix.Setns(int(here.Fd()), unix.CLONE_NEWNET); back != nil {
				done <- errors.Join(err, back)
				return
			}
		}
		runtime.UnlockOSThread()
		done <- err
	}()
	return <-done
}
