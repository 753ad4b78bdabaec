package lab

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rollguard/rollguard/test/rollout"
)

// tick is how often a timer is looked at.
const tick = 20 * time.Millisecond

// watchMachine measures the strain until the function it returns is called; further calls
// return the same.
func watchMachine(ctx context.Context) func() rollout.Strain {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan rollout.Strain, 1)
	go func() { done <- measure(ctx) }()
	return sync.OnceValue(func() rollout.Strain {
		cancel()
		return <-done
	})
}

func measure(ctx context.Context) rollout.Strain {
	s := rollout.Strain{LoadBefore: loadAverage()}
	begun := readUsage()
	second, at := begun, time.Now()
	var late []float64
	for ctx.Err() == nil {
		due := time.Now().Add(tick)
		select {
		case <-time.After(tick):
		case <-ctx.Done():
			continue
		}
		now := time.Now()
		late = append(late, float64(now.Sub(due).Microseconds())/1000)
		if now.Sub(at) >= time.Second {
			u := readUsage()
			s.BusyMax = max(s.BusyMax, u.share(second))
			second, at = u, now
		}
	}
	s.Busy, s.LoadAfter = readUsage().share(begun), loadAverage()
	if len(late) > 0 {
		slices.Sort(late)
		s.LateP99, s.LateMax = late[len(late)*99/100], late[len(late)-1]
	}
	return s
}

// usage is the time of all processors, in ticks of the kernel.
type usage struct{ idle, all float64 }

// readUsage reads the first line of /proc/stat (proc_stat(5)): user, nice, system, idle,
// iowait, irq, softirq, steal. Where there is no such file, the usage is 0.
func readUsage() usage {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return usage{}
	}
	line, err := bufio.NewReader(bytes.NewReader(text)).ReadString('\n')
	if err != nil {
		return usage{}
	}
	var u usage
	for i, field := range strings.Fields(line)[1:] {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil || i > 7 {
			break // guests are in user already
		}
		u.all += n
		if i == 3 || i == 4 {
			u.idle += n
		}
	}
	return u
}

// share is how much was used since before.
func (u usage) share(before usage) float64 {
	if u.all == before.all {
		return 0
	}
	return 1 - (u.idle-before.idle)/(u.all-before.all)
}

// loadAverage is that of the last minute.
func loadAverage() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	n, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0
	}
	return n
}
