package timeline

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// The drawing, in pixels.
const (
	svgWidth  = 960
	svgLeft   = 24
	svgRight  = 24
	laneTop   = 64
	laneGap   = 176
	barHeight = 30
	labelStep = 19
)

// phase is a stretch of a lane in one colour.
type phase struct {
	until  string
	colour string
	words  string
}

// theEnd is the right edge of the picture.
const theEnd = ""

// The colours tell apart on paper and for those who do not see all of them.
func newPhases() []phase {
	return []phase{
		{Ready, "#d8dee6", "not Ready yet"}, {Healthy, "#f3c969", "Ready, gets no traffic yet"}, {Available, "#7fbf8f", "serves"},
		{theEnd, "#7fbf8f", "serves"},
	}
}

func oldPhases() []phase {
	return []phase{
		{LastSent, "#f3c969", "still sent requests"}, {LastAnswer, "#7fbf8f", "answers the last"},
		{SIGTERM, "#d8dee6", "sleeps"}, {SIGKILL, "#b9c1cc", "shuts down"},
	}
}

// SVG draws the timeline as a picture of its own, titled with the name of the Deployment.
func (t *Timeline) SVG(title string) []byte {
	var b strings.Builder
	height := laneTop + 2*laneGap + 44
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="Helvetica, Arial, sans-serif" font-size="14">`+"\n", svgWidth, height, svgWidth, height)
	fmt.Fprintf(&b, `<title>%s</title>`+"\n", escape("Rollout of "+title))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", svgWidth, height)
	text(&b, label{x: svgLeft, y: 28, size: 18, words: "Rollout of " + title})
	t.lane(&b, lane{"New Pod", t.NewPod, newPhases(), laneTop, &t.Races[0]})
	t.lane(&b, lane{"Old Pod", t.OldPod, oldPhases(), laneTop + laneGap, &t.Races[1]})
	if t.Summary != "" {
		text(&b, label{x: svgLeft, y: height - 20, size: 13, words: "Seconds count from the new Pod serving. " + t.Summary + "."})
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

type lane struct {
	name   string
	events []Event
	phases []phase
	top    int
	race   *Race
}

func (t *Timeline) x(second int) int {
	return svgLeft + second*(svgWidth-svgLeft-svgRight)/t.end()
}

func (t *Timeline) lane(b *strings.Builder, l lane) {
	text(b, label{x: svgLeft, y: l.top - 8, size: 14, words: l.name, bold: true})
	from := l.events[0].At
	for _, p := range l.phases {
		until, ok := find(l.events, p.until)
		if p.until == theEnd {
			until, ok = t.end(), true
		}
		if !ok || until <= from {
			continue
		}
		left, right := t.x(from), t.x(until)
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"><title>%s</title></rect>`+"\n", left, l.top, right-left, barHeight, p.colour, escape(p.words))
		if right-left > 8*len(p.words) {
			text(b, label{x: left + 6, y: l.top + 20, size: 13, words: p.words})
		}
		from = until
	}
	t.marks(b, l)
	colour, verdict := "#a32020", fmt.Sprintf("Race %s is OPEN: %s.", l.race.Name, l.race.Why)
	switch {
	case l.race.Closed:
		colour, verdict = "#1b6e3c", fmt.Sprintf("Race %s is closed, with %d s to spare: %s.", l.race.Name, l.race.Spare, l.race.Why)
	case l.race.Unknown:
		colour, verdict = "#8a5a00", fmt.Sprintf("Race %s is not known: %s.", l.race.Name, l.race.Why)
	}
	y := l.top + barHeight + labelStep*(len(l.events)+1) + 4
	text(b, label{x: svgLeft, y: y, size: 14, words: verdict, colour: colour, bold: true})
}

// marks are the events, each on a line of its own below its tick. Words of the left half
// stand right of their tick, the last event highest, and those of the right half left of it,
// the last one lowest: so no tick crosses the words of another.
func (t *Timeline) marks(b *strings.Builder, l lane) {
	var order, right []Event
	for _, e := range l.events {
		if t.x(e.At) > svgWidth/2 {
			right = append(right, e)
		} else {
			order = append([]Event{e}, order...)
		}
	}
	for i, e := range append(order, right...) {
		x, y := t.x(e.At), l.top+barHeight+labelStep*(i+1)
		fmt.Fprintf(b, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#3a4350" stroke-width="1.5"/>`+"\n", x, l.top-4, x, y)
		mark := label{x: x + 5, y: y, size: 13, words: fmt.Sprintf("%d s  %s", e.At, e.What)}
		if x > svgWidth/2 {
			mark.x, mark.end = x-5, true
		}
		text(b, mark)
	}
}

func find(events []Event, name string) (int, bool) {
	for _, e := range events {
		if e.Name == name {
			return e.At, true
		}
	}
	return 0, false
}

// label is a text in the picture; end means that it ends at x.
type label struct {
	x, y, size int
	words      string
	colour     string
	bold, end  bool
}

func text(b *strings.Builder, l label) {
	style := ""
	if l.bold {
		style += ` font-weight="bold"`
	}
	if l.end {
		style += ` text-anchor="end"`
	}
	if l.colour == "" {
		l.colour = "#1c2530"
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" font-size="%d" fill="%s"%s>%s</text>`+"\n", l.x, l.y, l.size, l.colour, style, escape(l.words))
}

func escape(words string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(words)) // a strings.Builder takes everything
	return b.String()
}
