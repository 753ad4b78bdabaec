package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// printMachine says where the times come from: they mean nothing elsewhere.
func printMachine(out io.Writer) {
	fmt.Fprintf(out, "%s %s/%s, %d x %s, load %s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), cpu(), load())
	fmt.Fprintln(out, "Handlers take turns; best is the best round, the ratio the median of all rounds. Compare within one run only.")
}

// cpu is the model, as far as Linux tells.
func cpu() string {
	const unknown = "unknown CPU"
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return unknown
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return unknown
}

// load is the load average of the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
