package picture

import (
	"image/color"
	"io"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

func blue() color.Color      { return color.RGBA{0x00, 0x72, 0xb2, 0xff} }
func vermilion() color.Color { return color.RGBA{0xd5, 0x5e, 0x00, 0xff} }
func skyBlue() color.Color   { return color.RGBA{0x9a, 0xd0, 0xf0, 0xff} }
func orange() color.Color    { return color.RGBA{0xe6, 0x9f, 0x00, 0xff} }
func green() color.Color     { return color.RGBA{0x00, 0x9e, 0x73, 0xff} }
func lightGrey() color.Color { return color.RGBA{0xd9, 0xd9, 0xd9, 0xff} }
func darkGrey() color.Color  { return color.RGBA{0x70, 0x70, 0x70, 0xff} }
func white() color.Color     { return color.White }

// sans is the font; viewers without it take the next of fallbacks.
const (
	sans      = "Liberation"
	fallbacks = "Liberation Sans, Arial, Helvetica, sans-serif"
)

func face(size vg.Length, bold bool) font.Font {
	f := font.Font{Typeface: sans, Variant: "Sans", Size: size}
	if bold {
		f.Weight = 3 // WeightBold of golang.org/x/image/font
	}
	return f
}

// newPlot is an empty one in our style.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.TextStyle.Font, p.Title.Padding = face(11, true), 6
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Font, a.Tick.Label.Font = face(9, false), face(8, false)
		a.Color, a.Tick.Color = darkGrey(), darkGrey()
		a.Padding = 0
	}
	return p
}

// write draws on a white page and writes it as SVG.
func write(w io.Writer, width, height vg.Length, paint func(draw.Canvas)) error {
	svg := vgsvg.New(width, height)
	page := draw.New(svg)
	page.SetColor(white())
	page.Fill(page.Path())
	paint(page)
	var text strings.Builder
	if _, err := svg.WriteTo(&text); err != nil {
		return err
	}
	_, err := io.WriteString(w, strings.ReplaceAll(text.String(), "font-family:Liberation Sans", "font-family:"+fallbacks))
	return err
}

// swatch is a field of a colour for a legend.
type swatch struct{ color.Color }

// Thumbnail fills the field.
func (s swatch) Thumbnail(c *draw.Canvas) {
	c.SetColor(s.Color)
	c.Fill(c.Path())
}

// legend is a list of colours and their meanings, on a canvas of its own.
type legend struct {
	head  string
	items []item
}

type item struct {
	text string
	plot.Thumbnailer
}

func (l legend) draw(c draw.Canvas) {
	out := plot.NewLegend()
	out.TextStyle.Font, out.Top, out.Left = face(8, false), true, true
	out.Padding, out.ThumbnailWidth = 3, 12
	for _, i := range l.items {
		out.Add(i.text, i.Thumbnailer)
	}
	style := out.TextStyle
	style.Font, style.YAlign = face(8, true), draw.YTop
	c.FillText(style, vg.Point{X: c.Min.X, Y: c.Max.Y}, l.head)
	out.Draw(draw.Crop(c, 0, 0, 0, -14))
}
