//go:build !linux

package lab

// prefer has nothing to do: a node needs Linux.
func (l *Lab) prefer(float64) error { return nil }
