package cli

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// columns is how wide the output may be, 0 for any width: what is read by a program is
// never broken. $COLUMNS wins, as POSIX has it.
func columns(out io.Writer) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}
