package main

import (
	"testing"
	"time"
)

func TestLatenciesFollowTheSettings(t *testing.T) {
	tests := []struct {
		name string
		l    latency
		z    float64
		want time.Duration
	}{
		{"without a p99 every answer takes the median", latency{median: time.Second}, 2, time.Second},
		{"the middle is the median", latency{median: time.Second, p99: 3 * time.Second}, 0, time.Second},
		{"99 of 100 are below the p99", latency{median: time.Second, p99: 3 * time.Second}, z99, 3 * time.Second},
		{"no answer exceeds the maximum", latency{median: time.Second, p99: 3 * time.Second, max: 10 * time.Second}, 9, 10 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.l.at(test.z).Round(time.Microsecond); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestTheWarmUpSlowsTheFirstAnswersDown(t *testing.T) {
	s := settings{warmUp: 10 * time.Second, slow: 5, latency: latency{max: time.Second}}
	tests := []struct {
		name        string
		d, at, want time.Duration
	}{
		{"the first answer is slower by the whole factor", 100 * time.Millisecond, 0, 500 * time.Millisecond},
		{"in the middle half of it is left", 100 * time.Millisecond, 5 * time.Second, 300 * time.Millisecond},
		{"after it answers are as fast as they get", 100 * time.Millisecond, 10 * time.Second, 100 * time.Millisecond},
		{"no slow answer exceeds the maximum", 900 * time.Millisecond, 0, time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := s.slowed(test.d, test.at); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestBadSettingsAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{"-on-term", "sleep"}, {"-start-up", "-1s"}, {"-health-latency", "-1s"}, {"-warm-up-factor", "0.5"},
		{"-latency", "1s", "-latency-p99", "500ms"}, {"-latency", "0", "-latency-p99", "1s"}, {"more"},
	} {
		if _, err := parse(args); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
