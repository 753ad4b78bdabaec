package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
)

// errUnchanged is the answer no.
var errUnchanged = errors.New("nothing was changed")

// confirm asks, where there is somebody to ask. What comes through a pipe is no answer: a job
// whose pipe stays open would wait for ever.
func (o *stripOptions) confirm(cmd *cobra.Command, removals []removal) error {
	if o.yes {
		return nil
	}
	rolling := 0
	for _, r := range removals {
		if r.rolls() {
			rolling++
		}
	}
	what := changing(len(removals), rolling)
	if !asks(cmd.InOrStdin()) {
		return fmt.Errorf("%w: an answer is taken from a terminal only, so add --yes here to remove it from %s", errUnchanged, what)
	}
	if !agreed(cmd.InOrStdin(), cmd.ErrOrStderr(), "Remove it from "+what+"?") {
		return errUnchanged
	}
	return nil
}

// changing says how many Deployments change, and roll by that.
func changing(n, rolling int) string {
	text := textwidth.Count(n, "Deployment")
	switch {
	case n == 1 && rolling == 1:
		return text + ", which rolls by that"
	case n == 1:
		return text + ", which does not roll"
	case rolling == 0:
		return text + ", of which none rolls"
	case rolling == 1:
		return text + ", of which 1 rolls"
	}
	return fmt.Sprintf("%s, of which %d roll", text, rolling)
}

// agreed asks a question that nothing but yes agrees to.
func agreed(in io.Reader, out io.Writer, question string) bool {
	_, _ = fmt.Fprint(out, question+" [y/N] ")
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil { // Ctrl-D leaves the cursor behind the question
		_, _ = fmt.Fprintln(out)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true
	}
	return false
}

// asks tells whether there is somebody to answer; /dev/null is nobody.
func asks(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
