package picture

import (
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/rollguard/rollguard/test/rollout"
)

// Line is what was lost with one sleep against the lag.
type Line struct {
	Text   string
	Points []Point
}

// Point is one lag.
type Point struct {
	Seconds float64
	rollout.Count
}

// Lags draws lines with their 95 % bounds.
func Lags(w io.Writer, title string, lines []Line) error {
	p := newPlot(title, "seconds from a call of AWS until the nodes of the load balancer act (lag)", "requests lost, % of the run")
	p.X.Min, p.X.Max, p.Y.Min = 0, 22, -1
	p.X.Tick.Marker, p.Y.Tick.Marker = every(5), every(5)
	p.Add(grid())
	l := legend{head: "preStop sleep"}
	for i, line := range lines {
		drawn, err := newSeries(line, i)
		if err != nil {
			return err
		}
		p.Add(drawn.parts...)
		l.items = append(l.items, item{line.Text, drawn.thumbnail})
	}
	return write(w, pageWidth, 300, func(page draw.Canvas) {
		page = draw.Crop(page, pageMargin, -pageMargin, pageMargin, -pageMargin)
		p.Draw(draw.Crop(page, 0, -legendWidth, 0, 0))
		l.draw(draw.Crop(page, page.Max.X-page.Min.X-legendWidth+12, 0, 0, -titleHeight))
	})
}

func grid() *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color = color.Transparent, lightGrey()
	return g
}

// series is a line, its markers and its bounds.
type series struct {
	parts     []plot.Plotter
	thumbnail plot.Thumbnailer
}

func newSeries(line Line, number int) (series, error) {
	colours := []color.Color{vermilion(), orange(), green(), blue(), color.Black}
	shapes := []draw.GlyphDrawer{draw.CrossGlyph{}, draw.TriangleGlyph{}, draw.SquareGlyph{}, draw.CircleGlyph{}, draw.RingGlyph{}}
	var points struct {
		plotter.XYs
		plotter.YErrors
	}
	for _, q := range line.Points {
		low, high := rollout.Interval(q.Lost, q.All)
		share := 100 * q.Share()
		points.XYs = append(points.XYs, plotter.XY{X: q.Seconds, Y: share})
		points.YErrors = append(points.YErrors, struct{ Low, High float64 }{share - 100*low, 100*high - share})
	}
	drawn, marks, err := plotter.NewLinePoints(points.XYs)
	if err != nil {
		return series{}, err
	}
	bars, err := plotter.NewYErrorBars(points)
	if err != nil {
		return series{}, err
	}
	colour := colours[number%len(colours)]
	drawn.Color, drawn.Width = colour, 1.5
	marks.Color, marks.Shape, marks.Radius = colour, shapes[number%len(shapes)], vg.Length(3.5)
	bars.Color = colour
	return series{[]plot.Plotter{drawn, bars, marks}, both{drawn, marks}}, nil
}

// both are a line and its marker in a legend.
type both struct {
	line  *plotter.Line
	marks *plotter.Scatter
}

// Thumbnail draws one above the other.
func (b both) Thumbnail(c *draw.Canvas) {
	b.line.Thumbnail(c)
	b.marks.Thumbnail(c)
}
