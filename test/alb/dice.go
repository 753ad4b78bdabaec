package alb

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// Dice draws lags from a seed. What is drawn depends on the seed and on what it is
// drawn for, and not on the order of the draws, so that two runs can be compared.
type Dice uint64

// Draw returns a lag for the thing that what names.
func (d Dice) Draw(s Spread, what ...any) time.Duration {
	return s.At(d.unit(what...))
}

// unit returns a number in [0, 1).
func (d Dice) unit(what ...any) float64 {
	hash := fnv.New64a()
	fmt.Fprintln(hash, what...)
	return rand.New(rand.NewPCG(uint64(d), hash.Sum64())).Float64()
}
