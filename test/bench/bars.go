package bench

// What Rollguard is held to. Times are multiples of the no-op in the same run and
// are printed, never asserted; the allocations are for one review of [GateSize].
const (
	BarTime   = 1.5
	BarP50    = 1.5
	BarP99    = 2.0
	BarAllocs = 350
	BarBytes  = 64 << 10
)

// GateSize is the review that the bars for allocations are about.
func GateSize() Size { return Sizes()[1] }
