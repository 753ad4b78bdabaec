package main

import (
	"flag"
	"fmt"
	"time"
)

// settings are what the flags say.
type settings struct {
	listen  string
	startUp time.Duration
	warmUp  time.Duration
	slow    float64 // how many times slower the first answer is
	latency latency
	// healthLatency is how long an answer on /__health takes.
	healthLatency time.Duration
	// keepAlive is how long an idle connection is kept; 0 closes it after each answer.
	keepAlive time.Duration
	drain     bool
	drainFor  time.Duration
}

// The values of -on-term.
const (
	termExit  = "exit"
	termDrain = "drain"
)

func parse(args []string) (settings, error) {
	var (
		s     settings
		term  string
		flags = flag.NewFlagSet("app", flag.ContinueOnError)
	)
	flags.StringVar(&s.listen, "listen", ":8080", "`address` to listen on")
	flags.DurationVar(&s.startUp, "start-up", 0, "`time` before the application listens")
	flags.DurationVar(&s.warmUp, "warm-up", 0, "`time` after that in which answers are slower")
	flags.Float64Var(&s.slow, "warm-up-factor", 5, "how many `times` slower the first answer is; falls to 1 over the warm-up")
	flags.DurationVar(&s.latency.median, "latency", 100*time.Millisecond, "`time` in which half of the answers on /test come")
	flags.DurationVar(&s.latency.p99, "latency-p99", 0, "`time` in which 99 of 100 come; the distribution is log-normal, 0 means all take the median")
	flags.DurationVar(&s.latency.max, "latency-max", 15*time.Second, "`time` that no answer exceeds: the original's time-out")
	flags.DurationVar(&s.healthLatency, "health-latency", 0, "`time` that an answer on /__health takes")
	flags.DurationVar(&s.keepAlive, "keep-alive", 75*time.Second, "`time` an idle connection is kept, more than the 60 s of an ALB; 0 closes each")
	flags.StringVar(&term, "on-term", termExit, "what SIGTERM does: `exit` at once, or drain: stop listening, close idle connections, finish requests")
	flags.DurationVar(&s.drainFor, "drain-limit", 10*time.Second, "`time` that draining may take")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	s.drain = term == termDrain
	return s, s.check(term, flags.Args())
}

func (s *settings) check(term string, rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case term != termExit && term != termDrain:
		return fmt.Errorf("-on-term %q is neither %s nor %s", term, termExit, termDrain)
	case s.startUp < 0 || s.warmUp < 0 || s.keepAlive < 0 || s.drainFor < 0 || s.latency.median < 0 || s.healthLatency < 0:
		return fmt.Errorf("a time is below 0")
	case s.slow < 1:
		return fmt.Errorf("-warm-up-factor %g is below 1", s.slow)
	case s.latency.p99 != 0 && s.latency.p99 < s.latency.median:
		return fmt.Errorf("-latency-p99 %s is below -latency %s", s.latency.p99, s.latency.median)
	case s.latency.p99 != 0 && s.latency.median == 0:
		return fmt.Errorf("-latency-p99 %s needs a -latency above 0", s.latency.p99)
	}
	return nil
}
