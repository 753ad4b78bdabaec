package linediff

import (
	"fmt"
	"strings"
)

// context is how many unchanged lines stand around a change, as in diff -u.
const context = 3

// Pair is a stretch of one text and what stands for it in the other.
type Pair struct{ A, B string }

// Unified writes the difference of two texts as a unified diff with the given names,
// or nothing when there is none. The texts come in pairs of stretches, so that a long
// text with changes here and there is compared quickly.
func Unified(nameA, nameB string, pairs []Pair) string {
	var a, b []string
	l := list{}
	for _, p := range wholeLines(pairs) {
		x, y := Split(p.A), Split(p.B)
		for _, block := range Compare(x, y) {
			if block.Equal {
				l.equal(len(a)+block.A0, len(b)+block.B0, block.A1-block.A0)
			}
		}
		a, b = append(a, x...), append(b, y...)
	}
	l.equal(len(a), len(b), 0)
	var out strings.Builder
	for _, h := range hunks(l.blocks) {
		if out.Len() == 0 {
			fmt.Fprintf(&out, "--- %s\n+++ %s\n", nameA, nameB)
		}
		first, last := h[0], h[len(h)-1]
		fmt.Fprintf(&out, "@@ -%s +%s @@\n", span(first.A0, last.A1), span(first.B0, last.B1))
		for _, block := range h {
			if block.Equal {
				write(&out, " ", a[block.A0:block.A1])
				continue
			}
			write(&out, "-", a[block.A0:block.A1])
			write(&out, "+", b[block.B0:block.B1])
		}
	}
	return out.String()
}

// wholeLines joins the pairs that do not end with a line.
func wholeLines(pairs []Pair) []Pair {
	var out []Pair
	var open Pair
	for _, p := range pairs {
		open.A, open.B = open.A+p.A, open.B+p.B
		if strings.HasSuffix(open.A, "\n") && strings.HasSuffix(open.B, "\n") {
			out, open = append(out, open), Pair{}
		}
	}
	return append(out, open)
}

// hunks groups the changes that are no further apart than twice the context, each
// group with context around it.
func hunks(blocks []Block) [][]Block {
	var out [][]Block
	var hunk []Block
	for i, block := range blocks {
		if !block.Equal {
			hunk = append(hunk, block)
			continue
		}
		lines := block.A1 - block.A0
		if hunk != nil {
			if i < len(blocks)-1 && lines <= 2*context {
				hunk = append(hunk, block)
				continue
			}
			n := min(lines, context)
			out = append(out, append(hunk, Block{A0: block.A0, A1: block.A0 + n, B0: block.B0, B1: block.B0 + n, Equal: true}))
			hunk = nil
		}
		if i < len(blocks)-1 {
			n := min(lines, context)
			hunk = []Block{{A0: block.A1 - n, A1: block.A1, B0: block.B1 - n, B1: block.B1, Equal: true}}
		}
	}
	if hunk != nil {
		out = append(out, hunk)
	}
	return out
}

// span is "first,count" with lines counted from 1; an empty span names the line
// before it.
func span(from, to int) string {
	switch n := to - from; n {
	case 0:
		return fmt.Sprintf("%d,0", from)
	case 1:
		return fmt.Sprintf("%d", to)
	default:
		return fmt.Sprintf("%d,%d", from+1, n)
	}
}

func write(out *strings.Builder, mark string, lines []string) {
	for _, line := range lines {
		out.WriteString(mark)
		out.WriteString(line)
		if !strings.HasSuffix(line, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}
