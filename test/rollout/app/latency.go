package main

import (
	"math"
	"time"
)

// z99 is the 99 % quantile of the standard normal distribution.
const z99 = 2.3263478740408408

// latency is the log-normal distribution that has this median and this 99 % quantile,
// cut off at max. Without a p99, every answer takes the median.
type latency struct{ median, p99, max time.Duration }

// at returns the latency for a standard normal deviate.
func (l latency) at(z float64) time.Duration {
	d := float64(l.median)
	if l.p99 > 0 {
		sigma := math.Log(float64(l.p99)/float64(l.median)) / z99
		d *= math.Exp(sigma * z)
	}
	return l.cut(d)
}

func (l latency) cut(d float64) time.Duration {
	if l.max > 0 && d > float64(l.max) {
		return l.max
	}
	return time.Duration(d)
}

// slowed makes an answer slower in the warm-up: by the whole factor when the
// application begins to listen, by nothing when the warm-up is over.
func (s *settings) slowed(d, since time.Duration) time.Duration {
	if since >= s.warmUp {
		return d
	}
	left := 1 - float64(since)/float64(s.warmUp)
	return s.latency.cut(float64(d) * (1 + (s.slow-1)*left))
}
