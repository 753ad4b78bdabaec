package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/picture"
	"github.com/rollguard/rollguard/test/rollout/steady"
)

// outcome is what is kept.
type outcome struct {
	Date       time.Time        `json:"date"`
	URL        string           `json:"url"`
	Deployment string           `json:"deployment"`
	Rate       int              `json:"rate"`
	Requests   int64            `json:"requests"`
	Lost       map[string]int64 `json:"lost"`
	// Complete is after how many seconds the rollout was; 0 if it was not.
	Complete float64        `json:"complete"`
	Series   rollout.Series `json:"series"`
}

// report says what was counted, and writes it with a picture into the folder.
func (m *measurement) report(counts *steady.Counts) (lost int64, err error) {
	all, by := counts.Total()
	for _, n := range by {
		lost += n
	}
	if all == 0 {
		fmt.Fprintln(m.out, "No request was sent.")
		return 0, nil
	}
	c := rollout.Count{Lost: lost, All: all}
	low, high := rollout.Interval(lost, all)
	fmt.Fprintf(m.out, "\n%d of %d requests lost: %.3f %% (95 %% bounds %.4f to %.4f %%, if requests were independent)\n", lost, all, 100*c.Share(), 100*low, 100*high)
	if n := m.lostBefore(counts.Seconds()); n > 0 {
		fmt.Fprintf(m.out, "  %d of them before the restart, so by something else\n", n)
	}
	for _, why := range slices.Sorted(maps.Keys(by)) {
		fmt.Fprintf(m.out, "  %6d  %s\n", by[why], why)
	}
	o := outcome{
		Date: time.Now().UTC().Truncate(time.Second), URL: m.url, Deployment: m.namespace + "/" + m.name,
		Rate: m.rate, Requests: all, Lost: by, Complete: m.complete.Seconds(), Series: m.series(counts.Seconds()),
	}
	if err := m.save(&o); err != nil {
		return lost, err
	}
	fmt.Fprintf(m.out, "Written: %s, %s\n", filepath.Join(m.folder, "result.json"), filepath.Join(m.folder, "rollout.svg"))
	return lost, nil
}

// lostBefore counts what was sent and lost before the second of the restart.
func (m *measurement) lostBefore(seconds []steady.Second) (lost int64) {
	for i := range seconds {
		if !m.begun.IsZero() && !seconds[i].At.Add(time.Second).Before(m.begun) {
			break
		}
		for _, n := range seconds[i].Lost {
			lost += n
		}
	}
	return lost
}

func (m *measurement) series(seconds []steady.Second) rollout.Series {
	trigger := m.begun
	if trigger.IsZero() {
		trigger = seconds[0].At
	}
	s := rollout.Series{From: int(math.Round(seconds[0].At.Sub(trigger).Seconds())), OK: make([]int64, len(seconds)), Lost: map[string][]int64{}}
	for i := range seconds {
		s.OK[i] = seconds[i].OK
		for why, n := range seconds[i].Lost {
			if s.Lost[why] == nil {
				s.Lost[why] = make([]int64, len(seconds))
			}
			s.Lost[why][i] = n
		}
	}
	m.pods.fill(&s, seconds[0].At)
	return s
}

// prepare makes the folder, before anything is done whose result could not be written.
func (m *measurement) prepare() error {
	if err := os.MkdirAll(m.folder, 0o755); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	if _, err := os.Stat(filepath.Join(m.folder, "result.json")); err == nil {
		return fmt.Errorf("-out %s has a result already: name another folder", m.folder)
	}
	return nil
}

func (m *measurement) save(o *outcome) error {
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	if err := os.WriteFile(filepath.Join(m.folder, "result.json"), append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	var lost int64
	for _, n := range o.Lost {
		lost += n
	}
	var svg bytes.Buffer
	err = picture.Rollouts(&svg, picture.Subject{
		Title:  fmt.Sprintf("%s: %d of %d requests lost", o.Deployment, lost, o.Requests),
		Series: &o.Series, Complete: o.Complete, Rate: o.Rate, Kubernetes: true,
	})
	if err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	return os.WriteFile(filepath.Join(m.folder, "rollout.svg"), svg.Bytes(), 0o644)
}
