package load

import (
	"context"
	"fmt"
	"time"
)

// Constant is load at a constant rate.
type Constant struct {
	// Rate is in requests a second.
	Rate int
	// Duration is how long requests begin; answers are waited for.
	Duration time.Duration
	// Users is how many requests may be in flight; more are dropped.
	Users int
	// Ready is how many users k6 makes beforehand, which takes time; it makes others when
	// they are needed. 0 makes all.
	Ready int
}

// Run sends the load and returns what became of it.
func (c Constant) Run(ctx context.Context, k K6) (Summary, error) {
	if c.Ready == 0 {
		c.Ready = c.Users
	}
	r, err := k.start(ctx, "constant.js",
		fmt.Sprintf("RATE=%d", c.Rate), fmt.Sprintf("DURATION=%dms", c.Duration.Milliseconds()),
		fmt.Sprintf("USERS=%d", c.Ready), fmt.Sprintf("MAX_USERS=%d", c.Users))
	if err != nil {
		return Summary{}, err
	}
	return r.wait()
}
