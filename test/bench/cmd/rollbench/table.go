package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rollguard/rollguard/test/bench"
)

func newTable(out io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
}

// printFigures has a line for every handler; the bars stand where one applies.
func printFigures(out io.Writer, size bench.Size, figures []bench.Figure) error {
	fmt.Fprintf(out, "\nIn process, review of %s (%d containers x %d env)\n", size.Name, size.Containers, size.Env)
	table := newTable(out)
	fmt.Fprintln(table, "write\thandler\treview\tbest\tper KB\ttimes the no-op\tallocations\tbytes")
	for i := range figures {
		f := &figures[i]
		judged := f.Entry.Name == bench.Rollguard
		counted := judged && size == bench.GateSize()
		fmt.Fprintf(table, "%s\t%s\t%.1f KB\t%s\t%s\t%s\t%s\t%s\n",
			writeName(f.Entry), f.Entry.Name, kilobytes(len(f.Entry.Review)),
			round(f.Best), round(time.Duration(float64(f.Best)/kilobytes(len(f.Entry.Review)))),
			withBar(fmt.Sprintf("%.2f", f.Ratio), times(bench.BarTime), f.Ratio > bench.BarTime, judged),
			withBar(fmt.Sprint(f.Allocations.Objects), fmt.Sprint(bench.BarAllocs), f.Allocations.Objects > bench.BarAllocs, counted),
			withBar(fmt.Sprintf("%.1f KiB", float64(f.Allocations.Bytes)/1024), fmt.Sprintf("%d KiB", bench.BarBytes>>10), f.Allocations.Bytes > bench.BarBytes, counted))
	}
	return table.Flush()
}

func printLatencies(out io.Writer, requests int, latencies []bench.Latency) error {
	fmt.Fprintf(out, "\nOver TLS 1.3 on loopback, HTTP/1.1, connections kept, %s, %d requests each\n", bench.GateSize().Name, requests)
	table := newTable(out)
	fmt.Fprintln(table, "handler\tp50\tp99\tp50, times the no-op\tp99, times the no-op")
	floor := latencies[0]
	for _, l := range latencies {
		judged := l.Entry.Name == bench.Rollguard
		p50, p99 := float64(l.P50)/float64(floor.P50), float64(l.P99)/float64(floor.P99)
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", l.Entry.Name, round(l.P50), round(l.P99),
			withBar(fmt.Sprintf("%.2f", p50), times(bench.BarP50), p50 > bench.BarP50, judged),
			withBar(fmt.Sprintf("%.2f", p99), times(bench.BarP99), p99 > bench.BarP99, judged))
	}
	return table.Flush()
}

func writeName(e *bench.Entry) string {
	if e.Write == "" {
		return "first image change"
	}
	return strings.ReplaceAll(e.Write, bench.Admitted, "image change, admitted before")
}

func withBar(figure, bar string, over, judged bool) string {
	switch {
	case !judged:
		return figure
	case over:
		return figure + " (OVER, bar " + bar + ")"
	}
	return figure + " (bar " + bar + ")"
}

func times(n float64) string { return fmt.Sprintf("%gx", n) }

func kilobytes(n int) float64 { return float64(n) / 1000 }

func round(d time.Duration) string {
	return d.Round(100 * time.Nanosecond).String()
}
