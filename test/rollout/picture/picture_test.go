package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/test/rollout"
)

// sample is a rollout of 8 Pods that loses most of its requests for a while.
func sample(lost bool) *rollout.Series {
	s := &rollout.Series{From: -15, Lost: map[string][]int64{"502 refused": make([]int64, 75)}}
	for i := range 75 {
		ok, missed := int64(900), 0.0
		if lost && i > 17 && i < 40 {
			ok, missed = 300, 5
			s.Lost["502 refused"][i] = 250
		}
		s.OK = append(s.OK, ok)
		p := &s.Pods
		p.InUse, p.Missed = append(p.InUse, 8-missed), append(p.Missed, missed)
		p.Waiting, p.Leaving, p.Starting = append(p.Waiting, 2), append(p.Leaving, 1), append(p.Starting, 0.5)
	}
	return s
}

// check reads the SVG and returns its texts.
func check(t *testing.T, svg []byte) string {
	t.Helper()
	if out := os.Getenv("PICTURE_OUT"); out != "" {
		if err := os.WriteFile(out+"/"+t.Name()+".svg", svg, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var text strings.Builder
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if data, ok := token.(xml.CharData); ok {
			text.Write(data)
			text.WriteByte('\n')
		}
	}
}

func TestAPictureOfRolloutsSaysWhatItShows(t *testing.T) {
	var svg bytes.Buffer
	err := Rollouts(&svg, Subject{Title: "Without Rollguard: lost", Series: sample(true), Complete: 6},
		Subject{Title: "With Rollguard: none", Series: sample(false), Complete: 52})
	if err != nil {
		t.Fatal(err)
	}
	text := check(t, svg.Bytes())
	for _, want := range []string{"Without Rollguard: lost", "With Rollguard: none", "requests ended per second", "Pods", "seconds since the rollout began", "gets requests and serves", "lost: 5xx, 10 s later if time-out"} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
}

func TestAPictureOfLagsHasALineForEachSleep(t *testing.T) {
	point := func(seconds float64, lost int64) Point {
		return Point{Seconds: seconds, Count: rollout.Count{Lost: lost, All: 3000}}
	}
	var svg bytes.Buffer
	err := Lags(&svg, "lost by lag", []Line{
		{"none (probes only)", []Point{point(2, 300), point(5, 500), point(10, 800), point(20, 1200)}},
		{"20 s", []Point{point(2, 0), point(5, 0), point(10, 0), point(20, 10)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	text := check(t, svg.Bytes())
	for _, want := range []string{"lost by lag", "none (probes only)", "20 s", "requests lost, % of the run"} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
}
