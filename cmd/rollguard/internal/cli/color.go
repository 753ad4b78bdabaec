package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// wantsColor follows --color, and for auto https://no-color.org and whether people
// are looking.
func wantsColor(flag string, out io.Writer) (bool, error) {
	switch flag {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(out), nil
	}
	return false, fmt.Errorf("--color %q: is none of auto, always, never", flag)
}

// isTerminal takes any character device for a terminal. /dev/null is one too, where
// colours do no harm.
func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// colored marks the lines of a unified diff.
func colored(diff string) string {
	const bold, red, green, cyan, reset = "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[0m"
	var b strings.Builder
	body := false
	for line := range strings.Lines(diff) {
		text := strings.TrimSuffix(line, "\n")
		body = body || strings.HasPrefix(text, "@@")
		switch {
		case !body:
			text = bold + text + reset
		case strings.HasPrefix(text, "@@"):
			text = cyan + text + reset
		case strings.HasPrefix(text, "-"):
			text = red + text + reset
		case strings.HasPrefix(text, "+"):
			text = green + text + reset
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}
