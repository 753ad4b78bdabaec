package scale

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// The bars, for one replica.
const (
	barRSS    = 128 << 10 // KiB
	barReady  = 10 * time.Second
	barLookup = 50 * time.Microsecond
	barFlat   = 2.0
)

// report prints figures, each with its bar where there is one.
type report struct{ out io.Writer }

func (r report) section(title string) {
	fmt.Fprintf(r.out, "\n%s (load %s)\n", title, load())
}

func (r report) figure(name, value string) { fmt.Fprintf(r.out, "  %-58s %s\n", name, value) }

func (r report) judge(name, value, bar string, holds bool) {
	verdict := "holds"
	if !holds {
		verdict = "does not hold"
	}
	r.figure(name, fmt.Sprintf("%s (bar %s: %s)", value, bar, verdict))
}

// memory prints what a process holds now, and the most that it ever held: the limit of a
// container is about the latter.
func (r report) memory(when string, pid int) error {
	for _, field := range []string{"VmRSS", "VmHWM"} {
		kib, err := status(pid, field)
		if err != nil {
			return err
		}
		r.judge(field+" of the webhook "+when, fmt.Sprintf("%.1f MiB", float64(kib)/1024), fmt.Sprintf("%d MiB", barRSS>>10), kib <= barRSS)
	}
	return nil
}

// status is a figure of proc(5), in KiB.
func status(pid int, field string) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, field+":"); ok {
			return strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
		}
	}
	return 0, fmt.Errorf("process %d has no %s", pid, field)
}

// load is the load average of the last minute: on a busy machine times mean little.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
