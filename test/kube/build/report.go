package build

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

// How often progress is told: on a terminal one line ticks, elsewhere each is a
// line of its own in somebody's log.
const (
	terminalInterval = time.Second
	logInterval      = 30 * time.Second
)

// progress is how far one build is.
type progress struct {
	packages int // compiled, or being compiled
	modules  int // downloaded
	linking  bool
}

// String describes the progress in a few words.
func (p progress) String() string {
	switch {
	case p.linking:
		return "linking, " + thousands(p.packages) + " packages compiled"
	case p.packages > 0:
		return thousands(p.packages) + " packages compiled"
	case p.modules > 0:
		return thousands(p.modules) + " modules downloaded"
	}
	return "looking at what is to be compiled"
}

// report tells the progress of one job.
type report struct {
	log      io.Writer
	head     string // such as "[2/3] kube-apiserver"
	expected string
	start    time.Time
	terminal bool
}

// newReport starts the clock and tells that the job starts.
func newReport(j job, version string) *report {
	r := &report{
		log:      j.request.Log,
		head:     fmt.Sprintf("[%d/%d] %s %s", j.position, j.count, j.target.name, version),
		expected: minutes(j.target.minutes),
		start:    time.Now(),
		terminal: isTerminal(j.request.Log),
	}
	if !r.terminal {
		fmt.Fprintf(r.log, "%s: building, about %s\n", r.head, r.expected)
	}
	return r
}

// follow tells the progress of output until the returned function is called.
func (r *report) follow(output *compilerOutput) (stop func()) {
	interval := logInterval
	if r.terminal {
		interval = terminalInterval
	}
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				r.tell(output.progress())
			}
		}
	}()
	return func() {
		close(done)
		<-stopped
		if r.terminal {
			fmt.Fprint(r.log, "\r\x1b[K")
		}
	}
}

// tell writes one line of progress, on a terminal over the one before.
func (r *report) tell(p progress) {
	line := fmt.Sprintf("%s: %s of about %s, %s", r.head, r.elapsed(), r.expected, p)
	if r.terminal {
		fmt.Fprintf(r.log, "\r%s\x1b[K", line)
		return
	}
	fmt.Fprintln(r.log, line)
}

// finished tells that the binary is built; size is in bytes.
func (r *report) finished(size int64) {
	fmt.Fprintf(r.log, "%s: done in %s, %d MB\n", r.head, r.elapsed(), size/1_000_000)
}

// elapsed returns the time since the job started, in whole seconds.
func (r *report) elapsed() time.Duration {
	return time.Since(r.start).Round(time.Second)
}

// isTerminal says whether w shows what is written to a person at once. A null
// device counts too, where it makes no difference.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// minutes writes an expected duration, which is never exact.
func minutes(m float64) string {
	if m <= 1 {
		return "1 minute"
	}
	return strconv.FormatFloat(m, 'g', 2, 64) + " minutes"
}

// thousands writes n with a comma between thousands.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
