package textwidth

import (
	"strings"
	"unicode/utf8"
)

// Table lines up columns with two spaces between them. The last column is broken into
// lines where the width is too small; where not even that helps, each row becomes a few
// lines, with the headings as labels.
type Table struct {
	// Rows have cells; the first row is the heading.
	Rows [][]string
	// Width is how many columns there are, 0 for any number.
	Width int
	// Cut shortens the last column instead of breaking it into lines.
	Cut bool
}

// leastLast is the narrowest last column that is worth reading.
const leastLast = 24

func (t *Table) String() string {
	var b strings.Builder
	widths := t.widths()
	before := ahead(widths)
	if t.Stacked() {
		t.stack(&b)
		return b.String()
	}
	for _, row := range t.Rows {
		var line strings.Builder
		for i, cell := range row[:len(row)-1] {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		last := row[len(row)-1]
		if t.Width == 0 || before+utf8.RuneCountInString(last) <= t.Width {
			b.WriteString(strings.TrimRight(line.String()+last, " ") + "\n")
			continue
		}
		parts := split(last, t.Width-before)
		if t.Cut {
			parts = []string{shorten(last, t.Width-before)}
		}
		for i, part := range parts {
			if i > 0 {
				line.Reset()
				line.WriteString(strings.Repeat(" ", before))
			}
			b.WriteString(line.String() + part + "\n")
		}
	}
	return b.String()
}

// Stacked tells whether each row becomes a few lines, in which there is room for all of it.
func (t *Table) Stacked() bool {
	widths := t.widths()
	before := ahead(widths)
	return t.Width > 0 && before+leastLast > t.Width && before+widths[len(widths)-1] > t.Width
}

// ahead is how many columns stand before the last one.
func ahead(widths []int) int {
	n := 0
	for _, w := range widths[:len(widths)-1] {
		n += w + 2
	}
	return n
}

func (t *Table) widths() []int {
	out := make([]int, len(t.Rows[0]))
	for _, row := range t.Rows {
		for i, cell := range row {
			out[i] = max(out[i], utf8.RuneCountInString(cell))
		}
	}
	return out
}

// stack writes the first two cells on a line and the others, indented, below, each behind
// its heading: "yes" alone would say nothing.
func (t *Table) stack(b *strings.Builder) {
	const indent = "  "
	for _, row := range t.Rows[1:] {
		b.WriteString(row[0] + "  " + row[1] + "\n")
		for i, cell := range row[2:] {
			if cell == "" || cell == "-" {
				continue
			}
			line := strings.ToLower(t.Rows[0][i+2]) + ": " + cell
			b.WriteString(indent + Wrap(line, t.Width-len(indent), indent+indent))
		}
	}
}

// shorten ends a text, after a word where there is one, with three dots.
func shorten(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	words := split(text, width-len("..."))
	if utf8.RuneCountInString(words[0])+len("...") <= width {
		return words[0] + "..."
	}
	return string([]rune(text)[:width-len("...")]) + "..."
}
