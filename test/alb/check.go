package alb

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"time"
)

// newChecker makes health checks: each on a new connection, and what a redirect leads
// to is not asked.
func newChecker(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// check makes one health check and plans the next.
func (v *view) check() {
	a := v.alb
	a.mu.Lock()
	stopped := v.state == Stopped
	a.mu.Unlock()
	if stopped {
		return
	}
	a.clock.AfterFunc(a.group.Interval, v.check)
	passed := a.probe(v.target.address)
	a.mu.Lock()
	defer a.mu.Unlock()
	v.judge(passed)
}

// judge counts a check. One success makes a new target healthy; every other change
// takes a threshold.
func (v *view) judge(passed bool) {
	if passed {
		v.passed, v.failed = v.passed+1, 0
	} else {
		v.passed, v.failed = 0, v.failed+1
	}
	g := &v.alb.group
	switch {
	case v.state == Initial && passed,
		v.state == Unhealthy && v.passed >= g.HealthyThreshold:
		v.become(Healthy)
	case (v.state == Initial || v.state == Healthy) && v.failed >= g.UnhealthyThreshold:
		v.become(Unhealthy)
	}
}

// probe asks a target whether it is healthy.
func (a *ALB) probe(address string) bool {
	if a.group.Port != 0 {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return false
		}
		address = net.JoinHostPort(host, strconv.Itoa(a.group.Port))
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+address+a.group.Path, http.NoBody)
	if err != nil {
		return false
	}
	req.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	resp, err := a.checker.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return a.group.Codes.Contains(resp.StatusCode)
}
