package report

// enough says how long a load balancer may go on sending to a Pod that has begun to end:
// whoever measures more than that loses requests, and should know it beforehand.
func (p *page) enough() {
	c, t := &p.v.Decision.Computed, &p.v.Decision.Settings.Timing
	if c.PreStopSleepSource == "" {
		return
	}
	sleep, request := c.PreStopSleep.Value, t.RequestTimeout.Value
	p.heading("Enough for a load balancer that goes on sending to an ending Pod")
	long := sleep - request
	if t.DrainsOnSIGTERM.Value {
		long = sleep
	}
	switch {
	case long >= sleep:
		p.line("    for nearly %s.", sleep)
	case long > 0:
		p.line("    for up to %s, where requests take %s, the longest that is reckoned with.", long, request)
		fallthrough
	default:
		p.line("    for nearly %s, where requests take next to no time.", sleep)
	}
	p.line("    For more, name the longest time in rollguard.io/propagation-delay, or take the profile careful.")
}
