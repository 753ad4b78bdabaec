package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// noSuchCommand is the Args of a command that only has others below it. cobra would print
// the help of the one that is there and call it success.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	// So many letters may be wrong, as in cobra's own messages: two for a swap.
	cmd.SuggestionsMinimumDistance = 2
	err := fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath())
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		last := len(near) - 1
		choice := near[last]
		if last > 0 {
			choice = strings.Join(near[:last], ", ") + " or " + choice
		}
		err = fmt.Errorf("%w; did you mean %s?", err, choice)
	}
	return &usageError{command: cmd.CommandPath(), err: err}
}

// addCompletion adds cobra's command that prints completions, which else takes a shell that
// it does not know for a question about its help.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			cmd.Args = noSuchCommand
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}
