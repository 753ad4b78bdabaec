package picture

import (
	"fmt"
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/rollguard/rollguard/test/rollout"
)

// Subject is a rollout with what the picture says of it.
type Subject struct {
	Title  string
	Series *rollout.Series
	// Complete is after how many seconds Kubernetes called it complete.
	Complete float64
	// Rate is how many requests were sent in a second, where it was always the same: then
	// they are drawn as a share of it.
	Rate int
	// Kubernetes says that the Pods are counted as Kubernetes sees them, as nobody knows
	// what the load balancer thinks.
	Kubernetes bool
}

// The sizes of a picture, in points.
const (
	pageWidth    = 640
	panelHeight  = 130
	titleHeight  = 24
	legendWidth  = 150
	pageMargin   = 8
	axisMargin   = 26
	subjectSpace = 10
)

// Rollouts draws one or more below each other, on the same scales.
func Rollouts(w io.Writer, subjects ...Subject) error {
	s := scalesOf(subjects)
	each := vg.Length(titleHeight + 2*panelHeight + axisMargin + subjectSpace)
	height := each*vg.Length(len(subjects)) + 2*pageMargin
	return write(w, pageWidth, height, func(page draw.Canvas) {
		for i := range subjects {
			top := vg.Length(pageMargin) + each*vg.Length(i)
			c := draw.Crop(page, pageMargin, -pageMargin, height-top-each, -top)
			subjects[i].draw(c, s)
		}
	})
}

// scales are those that the panels share.
type scales struct{ from, to, requests, pods float64 }

func scalesOf(subjects []Subject) scales {
	s := scales{from: math.Inf(1)}
	for i := range subjects {
		series := subjects[i].Series
		s.from, s.to = min(s.from, float64(series.From)), max(s.to, float64(series.From+len(series.OK)))
		lost := series.Losses()
		for j := range series.OK {
			s.requests = max(s.requests, subjects[i].requests(series.OK[j]+lost[j]))
			p := &series.Pods
			s.pods = max(s.pods, p.InUse[j]+p.Missed[j]+p.Waiting[j]+p.Leaving[j]+p.Starting[j])
		}
	}
	s.requests, s.pods = s.requests*1.05, math.Ceil(s.pods)+1
	return s
}

func (s *Subject) draw(c draw.Canvas, shared scales) {
	requests := s.panel(s.Title, "", s.unit(), shared)
	requests.Y.Max = shared.requests
	series := s.Series
	stack(requests, series.From, layer{s.values(series.OK), blue()}, layer{s.values(series.Losses()), vermilion()})
	pods := s.panel("", "seconds since the rollout began", "Pods", shared)
	pods.Y.Max = shared.pods
	p := &series.Pods
	stack(pods, series.From, layer{p.InUse, blue()}, layer{p.Missed, vermilion()},
		layer{p.Waiting, skyBlue()}, layer{p.Leaving, darkGrey()}, layer{p.Starting, lightGrey()})
	for _, panel := range []*plot.Plot{requests, pods} {
		panel.Add(moment(0), moment(s.Complete))
	}
	requests.X.Tick.Label.Color = color.Transparent
	left := draw.Crop(c, 0, -legendWidth, 0, 0)
	upper := draw.Crop(left, 0, 0, panelHeight+axisMargin+subjectSpace, 0)
	lower := draw.Crop(left, 0, 0, subjectSpace, -(titleHeight + panelHeight))
	// Both panels begin at the same place.
	canvases := plot.Align([][]*plot.Plot{{requests}, {pods}}, draw.Tiles{Rows: 2, Cols: 1}, left)
	upper.Min.X, upper.Max.X = canvases[0][0].Min.X, canvases[0][0].Max.X
	lower.Min.X, lower.Max.X = canvases[1][0].Min.X, canvases[1][0].Max.X
	requests.Draw(upper)
	pods.Draw(lower)
	right := draw.Crop(c, c.Max.X-c.Min.X-legendWidth+12, 0, 0, 0)
	requestsLegend().draw(draw.Crop(right, 0, 0, 0, -titleHeight))
	s.podsLegend().draw(draw.Crop(right, 0, 0, 0, -(titleHeight + panelHeight)))
}

func (s *Subject) panel(title, x, y string, shared scales) *plot.Plot {
	p := newPlot(title, x, y)
	p.X.Min, p.X.Max, p.Y.Min = shared.from, shared.to, 0
	p.X.Tick.Marker = every(20)
	return p
}

func requestsLegend() legend {
	return legend{"requests", []item{
		{"lost: 5xx, 10 s later if time-out", swatch{vermilion()}},
		{"answered with 200", swatch{blue()}},
		{"begin, complete (Kubernetes)", dashes{}},
	}}
}

func (s *Subject) podsLegend() legend {
	if s.Kubernetes {
		return legend{"Pods", []item{
			{"not ready", swatch{lightGrey()}}, {"ending", swatch{darkGrey()}}, {"ready", swatch{blue()}},
		}}
	}
	return legend{"Pods", []item{
		{"starting", swatch{lightGrey()}},
		{"ending, gets nothing new", swatch{darkGrey()}},
		{"serves, gets nothing yet", swatch{skyBlue()}},
		{"gets requests, does not serve", swatch{vermilion()}},
		{"gets requests and serves", swatch{blue()}},
	}}
}

// layer is one area of a stack.
type layer struct {
	values []float64
	color.Color
}

// stack draws the layers above each other, in steps of a second.
func stack(p *plot.Plot, from int, layers ...layer) {
	low := make([]float64, len(layers[0].values))
	for _, l := range layers {
		high := make([]float64, len(low))
		for i := range low {
			high[i] = low[i] + l.values[i]
		}
		p.Add(area{float64(from), low, high, l.Color})
		low = high
	}
}

// area is the space between two lines of steps; unlike plotter.Polygon it leaves out what
// is empty.
type area struct {
	from      float64
	low, high []float64
	color.Color
}

// Plot fills each stretch that is not empty, as one path: between two of them viewers
// would show a seam.
func (a area) Plot(c draw.Canvas, p *plot.Plot) {
	c.SetColor(a.Color)
	for i := 0; i < len(a.low); {
		j := i
		for j < len(a.low) && a.high[j] > a.low[j] {
			j++
		}
		if j > i {
			a.fill(c, p, [2]int{i, j})
		}
		i = max(j, i+1)
	}
}

// fill fills the seconds from the first to before the second.
func (a area) fill(c draw.Canvas, p *plot.Plot, span [2]int) {
	x, y := p.Transforms(&c)
	var path vg.Path
	for i := span[0]; i < span[1]; i++ {
		left, right := x(a.from+float64(i)), x(a.from+float64(i+1))
		if i == span[0] {
			path.Move(vg.Point{X: left, Y: y(a.high[i])})
		} else {
			path.Line(vg.Point{X: left, Y: y(a.high[i])})
		}
		path.Line(vg.Point{X: right, Y: y(a.high[i])})
	}
	for i := span[1] - 1; i >= span[0]; i-- {
		path.Line(vg.Point{X: x(a.from + float64(i+1)), Y: y(a.low[i])})
		path.Line(vg.Point{X: x(a.from + float64(i)), Y: y(a.low[i])})
	}
	path.Close()
	c.Fill(path)
}

// moment is a dashed line at a time.
type moment float64

// Plot draws it from bottom to top.
func (m moment) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	c.StrokeLine2(dashed(), x(float64(m)), c.Min.Y, x(float64(m)), c.Max.Y)
}

func dashed() draw.LineStyle {
	return draw.LineStyle{Color: color.Black, Width: 0.8, Dashes: []vg.Length{3, 3}}
}

// dashes are a moment in a legend.
type dashes struct{}

// Thumbnail draws a dashed line.
func (dashes) Thumbnail(c *draw.Canvas) {
	middle := (c.Min.Y + c.Max.Y) / 2
	c.StrokeLine2(dashed(), c.Min.X, middle, c.Max.X, middle)
}

// every has a tick at each multiple.
type every float64

// Ticks are those within the axis.
func (e every) Ticks(low, high float64) []plot.Tick {
	var out []plot.Tick
	for v := math.Ceil(low/float64(e)) * float64(e); v <= high; v += float64(e) {
		out = append(out, plot.Tick{Value: v, Label: fmt.Sprint(int(v))})
	}
	return out
}

// requests are those that ended in a second, in the unit of the axis.
func (s *Subject) requests(n int64) float64 {
	if s.Rate > 0 {
		return 100 * float64(n) / float64(s.Rate)
	}
	return float64(n)
}

func (s *Subject) unit() string {
	if s.Rate > 0 {
		return "requests ended, % of rate"
	}
	return "requests ended per second"
}

func (s *Subject) values(in []int64) []float64 {
	out := make([]float64, len(in))
	for i, n := range in {
		out[i] = s.requests(n)
	}
	return out
}
