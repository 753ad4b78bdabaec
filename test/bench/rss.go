package bench

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// barRSS is what the webhook may hold in the big cluster of the bars, in MiB.
const barRSS = 128

// PrintRSS prints the resident memory of a running process beside the bar.
func PrintRSS(out io.Writer, pid int) error {
	kib, err := RSS(pid)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "resident memory of process %d: %.1f MiB (bar %d MiB in the big cluster)\n", pid, float64(kib)/1024, barRSS)
	return err
}

// RSS is the resident memory of a running process in KiB (VmRSS, proc(5)).
func RSS(pid int) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("resident memory: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		value, ok := strings.CutPrefix(line, "VmRSS:")
		if !ok {
			continue
		}
		kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
		if err != nil {
			return 0, fmt.Errorf("resident memory: %w", err)
		}
		return kib, nil
	}
	return 0, fmt.Errorf("resident memory: process %d has none", pid)
}
