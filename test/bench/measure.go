package bench

import (
	"slices"
	"time"
)

// Figure is what was measured of one entry.
type Figure struct {
	Entry *Entry
	// Best is the time of one call in the best round.
	Best time.Duration
	// Ratio is the time as a multiple of the no-op's, the median of all rounds.
	Ratio       float64
	Allocations Allocations
}

// Effort says how long to measure: so many rounds, and in each so long every entry.
type Effort struct {
	Rounds int
	Slice  time.Duration
}

// Measure takes the figures of a scenario. The entries take turns, so that what
// else the machine does meets all of them.
func Measure(s *Scenario, effort Effort) ([]Figure, error) {
	figures := make([]Figure, len(s.Entries))
	calls := make([]*Call, len(s.Entries))
	times := make([][]time.Duration, len(s.Entries))
	for i := range s.Entries {
		call, err := NewCall(s.Entries[i].Handler, s.Entries[i].Review)
		if err != nil {
			return nil, err
		}
		calls[i] = call
		figures[i] = Figure{Entry: &s.Entries[i], Allocations: CountAllocations(call)}
	}
	for range effort.Rounds {
		for i, call := range calls {
			times[i] = append(times[i], timeOne(call, effort.Slice))
		}
	}
	floor := 0
	for i := range figures {
		if figures[i].Entry.Name == NoOp {
			floor = i
		}
		figures[i].Best = slices.Min(times[i])
		figures[i].Ratio = medianRatio(times[i], times[floor])
	}
	return figures, nil
}

// timeOne repeats the call for about as long as the slice and returns the mean.
func timeOne(call *Call, slice time.Duration) time.Duration {
	start, calls := time.Now(), 0
	for {
		call.Do()
		calls++
		if took := time.Since(start); took >= slice {
			return took / time.Duration(calls)
		}
	}
}

// medianRatio pairs the rounds: a neighbour that slows one round down slows both.
func medianRatio(times, floor []time.Duration) float64 {
	ratios := make([]float64, len(times))
	for i := range times {
		ratios[i] = float64(times[i]) / float64(floor[i])
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}
