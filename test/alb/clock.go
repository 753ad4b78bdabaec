package alb

import "time"

// Clock is what the lags are measured with. Time-outs of connections are the kernel's
// and always real.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f once, d from now.
	AfterFunc(d time.Duration, f func())
}

// RealClock is the time of this machine.
type RealClock struct{}

// Now returns the time.
func (RealClock) Now() time.Time { return time.Now() }

// AfterFunc calls f in a goroutine of its own.
func (RealClock) AfterFunc(d time.Duration, f func()) { time.AfterFunc(d, f) }
