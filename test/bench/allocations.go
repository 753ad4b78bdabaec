package bench

import "runtime"

// Allocations are what one call allocates, everything included.
type Allocations struct{ Objects, Bytes uint64 }

const (
	allocationBatches = 5
	allocationCalls   = 40
)

// CountAllocations counts what one call allocates. A garbage collection in between
// empties pools and so adds to the count; the least of several batches is without.
// Nothing else may run meanwhile.
func CountAllocations(call *Call) Allocations {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	call.Do()
	least := countBatch(call)
	for range allocationBatches - 1 {
		batch := countBatch(call)
		least.Objects = min(least.Objects, batch.Objects)
		least.Bytes = min(least.Bytes, batch.Bytes)
	}
	return least
}

func countBatch(call *Call) Allocations {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range allocationCalls {
		call.Do()
	}
	runtime.ReadMemStats(&after)
	return Allocations{
		Objects: (after.Mallocs - before.Mallocs) / allocationCalls,
		Bytes:   (after.TotalAlloc - before.TotalAlloc) / allocationCalls,
	}
}
