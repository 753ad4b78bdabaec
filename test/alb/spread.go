package alb

import (
	"fmt"
	"strings"
	"time"
)

// Spread is a distribution of a lag by three of its quantiles: the least, the median
// and the most. It is linear between them. Its text is "5s,10s,15s", or "2s" for a lag
// that is always the same.
type Spread struct{ Min, Mid, Max time.Duration }

// Exactly is a lag that is always the same.
func Exactly(d time.Duration) Spread { return Spread{Min: d, Mid: d, Max: d} }

// At returns the quantile u, from 0 to 1.
func (s Spread) At(u float64) time.Duration {
	if u < 0.5 {
		return s.Min + time.Duration(2*u*float64(s.Mid-s.Min))
	}
	return s.Mid + time.Duration((2*u-1)*float64(s.Max-s.Mid))
}

// MarshalText writes the three quantiles.
func (s Spread) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%s,%s,%s", s.Min, s.Mid, s.Max), nil
}

// UnmarshalText reads what MarshalText writes, or one duration.
func (s *Spread) UnmarshalText(text []byte) error {
	parts := strings.Split(string(text), ",")
	if len(parts) == 1 {
		parts = []string{parts[0], parts[0], parts[0]}
	}
	if len(parts) != 3 {
		return fmt.Errorf("%q is neither one duration nor three", text)
	}
	var d [3]time.Duration
	for i, part := range parts {
		var err error
		if d[i], err = time.ParseDuration(strings.TrimSpace(part)); err != nil {
			return err
		}
	}
	if d[0] < 0 || d[0] > d[1] || d[1] > d[2] {
		return fmt.Errorf("%q does not go up from 0 or more", text)
	}
	*s = Spread{Min: d[0], Mid: d[1], Max: d[2]}
	return nil
}
