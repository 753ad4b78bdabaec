package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/rollguard/rollguard/test/rollout/tally"
)

// counters are written by the handlers while the server runs.
type counters struct {
	health, served, probes, notFound, left, inFlight atomic.Int64
	probed                                           atomic.Pointer[time.Time]
}

// sawProbe notes the first answer to kubelet.
func (c *counters) sawProbe() {
	now := time.Now()
	c.probed.CompareAndSwap(nil, &now)
}

// write ends the tally: what is in flight now gets no answer.
func (c *counters) write(out io.Writer, t tally.Tally) error {
	t = c.fill(t)
	t.InFlight, t.Aborted = 0, t.InFlight
	line, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("write the tally: %w", err)
	}
	line = append(line, '\n')
	_, err = out.Write(line)
	if err = errors.Join(err, leave(line)); err != nil {
		return fmt.Errorf("write the tally: %w", err)
	}
	return nil
}

// terminationLog is the file from which kubelet takes a container's last message into
// the status of its Pod, where it outlives the logs.
const terminationLog = "/dev/termination-log"

// leave writes the line there, in a container.
func leave(line []byte) error {
	file, err := os.OpenFile(terminationLog, os.O_WRONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = file.Write(line)
	return errors.Join(err, file.Close())
}

func (c *counters) fill(t tally.Tally) tally.Tally {
	t.Host, _ = os.Hostname() // an empty name tells as much as an error
	t.Ended = time.Now()
	t.Probed = c.probed.Load()
	t.Health, t.NotFound = c.health.Load(), c.notFound.Load()
	t.Served, t.Probes = c.served.Load(), c.probes.Load()
	t.InFlight, t.Left = c.inFlight.Load(), c.left.Load()
	return t
}
