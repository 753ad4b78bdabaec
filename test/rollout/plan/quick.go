package plan

// Quick is one round of the main arms and what was measured with the real controller, in
// about 13 minutes.
func Quick() Plan {
	return Plan{Name: "quick", Batches: []Batch{mainRound(0), measuredShort()}}
}
