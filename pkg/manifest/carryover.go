package manifest

import (
	"errors"
	"strings"

	"github.com/rollguard/rollguard/pkg/manifest/linediff"
)

// errNoCounterpart says that a changed line cannot be found in the source, because
// the encoder laid out that place in another way.
var errNoCounterpart = errors.New("the source is laid out in another way")

// carryOver makes in source the change that leads from plain to result. plain and
// source say the same in different layout, so lines are matched whatever their white
// space. Lines that the change does not touch stay as they are.
func carryOver(source, plain, result string) (string, error) {
	c := carrier{source: linediff.Split(source), plain: linediff.Split(plain), result: linediff.Split(result)}
	c.match()
	for _, block := range linediff.Compare(c.plain, c.result) {
		if block.Equal {
			c.keep(block.A0, block.A1)
			continue
		}
		if err := c.replace(block); err != nil {
			return "", err
		}
	}
	c.copyUntil(len(c.source))
	return strings.Join(c.out, ""), nil
}

type carrier struct {
	source, plain, result []string
	// counterpart is, for each line of plain, its line in the source, or -1.
	counterpart []int
	// next is the first line of the source that was not dealt with.
	next int
	out  []string
}

func (c *carrier) match() {
	c.counterpart = make([]int, len(c.plain))
	for i := range c.counterpart {
		c.counterpart[i] = -1
	}
	for _, block := range linediff.Compare(withoutLayout(c.plain), withoutLayout(c.source)) {
		for i := block.A0; block.Equal && i < block.A1; i++ {
			c.counterpart[i] = block.B0 + i - block.A0
		}
	}
}

func withoutLayout(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = strings.Join(strings.Fields(line), " ")
	}
	return out
}

// copyUntil copies lines of the source, with the blank lines among them.
func (c *carrier) copyUntil(line int) {
	if line > c.next {
		c.out = append(c.out, c.source[c.next:line]...)
		c.next = line
	}
}

// keep passes over lines of plain that stay. Lines without a counterpart are copied
// together with the next one that has one.
func (c *carrier) keep(from, to int) {
	for i := to - 1; i >= from; i-- {
		if c.counterpart[i] >= 0 {
			c.copyUntil(c.counterpart[i] + 1)
			return
		}
	}
}

// replace leaves out lines of the source and puts in lines of the result.
func (c *carrier) replace(block linediff.Block) error {
	if err := c.goTo(block.A0); err != nil {
		return err
	}
	for i := block.A0; i < block.A1; i++ {
		if c.counterpart[i] < 0 {
			return errNoCounterpart
		}
		c.copyBefore(i, block.A0)
		c.next = c.counterpart[i] + 1
	}
	return c.insert(block)
}

// goTo copies what stands before a line of plain: as little as there is when the line
// above has a counterpart, or else all up to the counterpart of the line itself.
func (c *carrier) goTo(line int) error {
	switch {
	case line == 0 || c.counterpart[line-1] >= 0:
	case line == len(c.plain):
		c.copyUntil(len(c.source))
	case c.counterpart[line] >= 0:
		c.copyUntil(c.counterpart[line])
	default:
		return errNoCounterpart
	}
	return nil
}

// copyBefore keeps blank lines and comments above the first line that goes.
func (c *carrier) copyBefore(line, first int) {
	if line == first {
		c.copyUntil(c.counterpart[line])
	}
}

// insert puts in lines of the result, as far to the right as their neighbours in the
// source stand. Lines below a new key move with it.
func (c *carrier) insert(block linediff.Block) error {
	depth, offset := -1, 0
	for _, line := range c.result[block.B0:block.B1] {
		if at := indent(line); depth < 0 || at <= depth {
			depth = at
			offset = c.offset(max(block.A0, block.A1-1), depth)
		}
		if indent(line) < -offset {
			return errNoCounterpart
		}
		if offset < 0 {
			line = line[-offset:]
		} else {
			line = strings.Repeat(" ", offset) + line
		}
		c.out = append(c.out, line)
	}
	return nil
}

// offset is how much further to the right the source stands than the result: as much
// as at the nearest line above of the same depth.
func (c *carrier) offset(line, depth int) int {
	for i := min(line, len(c.plain)-1); i >= 0; i-- {
		if c.counterpart[i] < 0 {
			continue
		}
		source := c.source[c.counterpart[i]]
		switch depth {
		case indent(c.plain[i]):
			return indent(source) - depth
		case inner(c.plain[i]):
			return inner(source) - depth
		}
	}
	return 0
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// inner is where the content of a list item begins, behind its dashes.
func inner(line string) int { return len(line) - len(strings.TrimLeft(line, " -")) }
