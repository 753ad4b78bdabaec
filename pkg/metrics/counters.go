package metrics

import "github.com/prometheus/client_golang/prometheus"

// counters are the counters of one closed set of words. The map is not changed
// after it was made, so reading it needs no lock, and a look-up by a string
// allocates nothing, which CounterVec.WithLabelValues does for its variadic.
type counters struct {
	known map[string]prometheus.Counter
	other prometheus.Counter
}

// resolve makes the counter of every word, at zero: a rate over a series that
// begins with its first event misses that event.
func resolve(words []string, counter func(word string) prometheus.Counter) counters {
	out := counters{known: make(map[string]prometheus.Counter, len(words)), other: counter(Other)}
	for _, word := range words {
		out.known[word] = counter(word)
	}
	return out
}

func (c counters) of(word string) prometheus.Counter {
	if counter, ok := c.known[word]; ok {
		return counter
	}
	return c.other
}

// grid are the counters of two closed sets of words.
type grid struct {
	known map[string]counters
	other counters
}

func resolveGrid(rows, columns []string, counter func(row, column string) prometheus.Counter) grid {
	row := func(word string) counters {
		return resolve(columns, func(column string) prometheus.Counter { return counter(word, column) })
	}
	out := grid{known: make(map[string]counters, len(rows)), other: row(Other)}
	for _, word := range rows {
		out.known[word] = row(word)
	}
	return out
}

func (g grid) of(row, column string) prometheus.Counter {
	if counters, ok := g.known[row]; ok {
		return counters.of(column)
	}
	return g.other.of(column)
}
