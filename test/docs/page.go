package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Block is a fenced block of a page.
type Block struct {
	Page     string // path from the root of the repository
	Line     int    // of the opening fence, from 1
	Language string // what stands behind the fence; may be empty
	Text     string // without the fences and their indentation; each line ends with \n
}

// Command is one command as a reader types it, with its continuation lines joined. A comment
// behind it is left out.
type Command struct {
	Page string
	Line int
	Text string
}

func (c Command) String() string { return fmt.Sprintf("%s:%d: %s", c.Page, c.Line, c.Text) }

// Blocks reads the fenced blocks of a page, which is a path from the root of the
// repository. It fails where a fence is not closed.
func Blocks(root, page string) ([]Block, error) {
	raw, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		return nil, err
	}
	return parse(page, string(raw))
}

var fence = regexp.MustCompile("^( *)```(.*)$")

func parse(page, text string) ([]Block, error) {
	var out []Block
	var open *Block
	var indent string
	number := 0
	for line := range strings.Lines(text) {
		number++
		found := fence.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		switch {
		case open == nil && found != nil:
			indent, open = found[1], &Block{Page: page, Line: number, Language: strings.TrimSpace(found[2])}
		case open != nil && found != nil && found[2] == "":
			out, open = append(out, *open), nil
		case open != nil:
			open.Text += strings.TrimPrefix(line, indent)
		}
	}
	if open != nil {
		return nil, fmt.Errorf("%s:%d: the fence is not closed", page, open.Line)
	}
	return out, nil
}

// shown tells by a line of a block whether it begins a command, and which.
func (b Block) shown(line string) (command string, is bool) {
	prompted, prompt := strings.CutPrefix(line, "$ ")
	switch b.Language {
	case "", "sh", "bash":
		return line, line != "" && !strings.HasPrefix(line, "#")
	case "console":
		return prompted, prompt
	case "text":
		tabbed, tab := strings.CutPrefix(line, "\t")
		if tab {
			return tabbed, true
		}
		return prompted, prompt
	}
	return "", false
}

// comment is one behind a command. No command of ours has a number sign after a blank.
var comment = regexp.MustCompile(`\s+#.*$`)

// Commands are the commands of a block, in order.
func (b Block) Commands() []Command {
	var out []Command
	var goesOn bool
	number := b.Line
	for line := range strings.Lines(b.Text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if goesOn {
			last := &out[len(out)-1]
			last.Text, goesOn = strings.CutSuffix(last.Text+" "+trim(line), " \\")
			continue
		}
		if command, is := b.shown(line); is {
			text, more := strings.CutSuffix(trim(command), " \\")
			out, goesOn = append(out, Command{Page: b.Page, Line: number, Text: text}), more
		}
	}
	return out
}

func trim(line string) string { return strings.TrimSpace(comment.ReplaceAllString(line, "")) }

var (
	fenced = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	inline = regexp.MustCompile("`([^`\n]+)`")
)

// Inline are the code spans of a page's text that begin with one of the programs and say
// more than its name.
func Inline(root, page string, programs ...string) ([]Command, error) {
	raw, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		return nil, err
	}
	// A block keeps its lines, so that the numbers of those behind it stay right.
	text := fenced.ReplaceAllStringFunc(string(raw), func(block string) string {
		return strings.Repeat("\n", strings.Count(block, "\n"))
	})
	var out []Command
	number := 0
	for line := range strings.Lines(text) {
		number++
		for _, span := range inline.FindAllStringSubmatch(line, -1) {
			for _, program := range programs {
				if strings.HasPrefix(span[1], program+" ") {
					out = append(out, Command{Page: page, Line: number, Text: strings.TrimSpace(span[1])})
				}
			}
		}
	}
	return out, nil
}

// Holds tells whether a block of commands contains the text.
func (b Block) Holds(text string) bool {
	return len(b.Commands()) > 0 && strings.Contains(b.Text, text)
}
