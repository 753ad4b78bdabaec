package linediff

import (
	"slices"
	"strings"
)

// Block is a run of lines that is the same in both texts, or that stands in one for
// a run in the other: lines A0 to A1 of the first and B0 to B1 of the second.
type Block struct {
	A0, A1, B0, B1 int
	Equal          bool
}

// maxEdits bounds the search. Texts that differ in more lines are compared as if the
// part between their common ends had nothing in common, which is correct, if coarse.
const maxEdits = 3000

// Split cuts a text into lines, each with its line break. Together they are the text
// again.
func Split(text string) []string {
	if text == "" {
		return nil
	}
	lines := strings.SplitAfter(text, "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	return lines
}

// Compare lists the blocks that lead from a to b, in order and without gaps.
func Compare(a, b []string) []Block {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	l := list{}
	l.equal(0, 0, head)
	for _, m := range search(a[head:len(a)-tail], b[head:len(b)-tail]) {
		l.equal(head+m.a, head+m.b, m.lines)
	}
	l.equal(len(a)-tail, len(b)-tail, tail)
	return l.blocks
}

// list collects blocks; what lies between two equal runs becomes a block of its own.
type list struct {
	blocks []Block
	a, b   int // ends of what is covered
}

func (l *list) equal(a, b, lines int) {
	if a > l.a || b > l.b {
		l.blocks = append(l.blocks, Block{A0: l.a, A1: a, B0: l.b, B1: b})
	}
	l.a, l.b = a+lines, b+lines
	if lines == 0 {
		return
	}
	if last := len(l.blocks) - 1; last >= 0 && l.blocks[last].Equal {
		l.blocks[last].A1, l.blocks[last].B1 = l.a, l.b
		return
	}
	l.blocks = append(l.blocks, Block{A0: a, A1: l.a, B0: b, B1: l.b, Equal: true})
}

// match is a run of equal lines.
type match struct{ a, b, lines int }

// frontier is how far each diagonal was reached with a number of edits. Diagonal k
// holds the points with x - y = k and stands at index k + edits.
type frontier []int

// unreached is far enough below 0 to stay there when steps are added.
const unreached = -1 << 30

func (f frontier) reached(k, edits int) int {
	if i := k + edits; i >= 0 && i < len(f) {
		return f[i]
	}
	return unreached
}

// start is the first point on diagonal k after one more edit than in before: a line
// of a left out, or a line of b put in.
func start(before frontier, k, edits int) int {
	if edits == 0 {
		return 0
	}
	return max(before.reached(k-1, edits-1)+1, before.reached(k+1, edits-1))
}

func search(a, b []string) []match {
	var steps []frontier
	var before frontier
	for edits := 0; edits <= min(len(a)+len(b), maxEdits); edits++ {
		now := make(frontier, 2*edits+1)
		for i := range now {
			now[i] = unreached
		}
		for k := -edits; k <= edits; k += 2 {
			x := start(before, k, edits)
			y := x - k
			if x < 0 || x > len(a) || y < 0 || y > len(b) {
				continue
			}
			for x < len(a) && y < len(b) && a[x] == b[y] {
				x, y = x+1, y+1
			}
			now[k+edits] = x
			if x == len(a) && y == len(b) {
				return walkBack(append(steps, now), x, y)
			}
		}
		steps, before = append(steps, now), now
	}
	return nil
}

// walkBack follows the frontiers from the end to the beginning.
func walkBack(steps []frontier, x, y int) []match {
	var found []match
	for edits := len(steps) - 1; edits >= 0; edits-- {
		var before frontier
		if edits > 0 {
			before = steps[edits-1]
		}
		k := x - y
		first := start(before, k, edits)
		if x > first {
			found = append(found, match{a: first, b: first - k, lines: x - first})
		}
		if edits == 0 {
			break
		}
		if before.reached(k-1, edits-1)+1 == first {
			x, y = first-1, first-k
		} else {
			x, y = first, first-k-1
		}
	}
	slices.Reverse(found)
	return found
}
