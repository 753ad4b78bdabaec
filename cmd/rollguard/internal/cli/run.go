package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// The exit codes.
const (
	exitFine = 0
	// exitDiffers: something differs, or is at risk. Not a failure.
	exitDiffers = 1
	// exitFailed: the question could not be answered.
	exitFailed = 2
)

// errDiffers makes the exit code 1 without a message: the output says it all.
var errDiffers = errors.New("something differs or is at risk")

// completer is the name under which kubectl asks for the completion of a plugin (kubectl
// pkg/cmd/plugin, plugin_completion.go): the same program, by a link.
const completer = "kubectl_complete-rollguard"

// usageError is a mistake on the command line.
type usageError struct {
	command string
	err     error
}

func (e *usageError) Error() string {
	return fmt.Sprintf("%v\nSee '%s --help'.", e.err, e.command)
}

func (e *usageError) Unwrap() error { return e.err }

// Run runs the command line and returns the exit code.
func Run(args []string, streams Streams) int {
	program, words := strings.TrimSuffix(filepath.Base(args[0]), ".exe"), args[1:]
	if program == completer {
		words = append([]string{cobra.ShellCompRequestCmd}, words...)
	}
	root := newRoot(program)
	root.SetArgs(words)
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	addCompletion(root)
	switch err := root.Execute(); {
	case err == nil:
		return exitFine
	case errors.Is(err, errDiffers):
		return exitDiffers
	default:
		say(streams.Err, plainly(err).Error())
		return exitFailed
	}
}

// say writes a message for people, each under the program's name.
func say(w io.Writer, message string) {
	for line := range strings.Lines(message) {
		// Nothing can be done when even the error stream is gone.
		_, _ = fmt.Fprintln(w, "rollguard: "+strings.TrimSuffix(line, "\n"))
	}
}

func newRoot(program string) *cobra.Command {
	root := &cobra.Command{
		Use:           "rollguard",
		Short:         "Rolling updates that lose no request",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noSuchCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	if strings.HasPrefix(program, "kubectl") {
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl rollguard"}
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{command: cmd.CommandPath(), err: err}
	})
	root.AddCommand(newRender(), newExplain(), newAudit(), newStatus(), newCheck(), newStrip(), newPolicy(), newVersion(), newReference())
	addVersionFlag(root)
	offerNoFiles(root)
	return root
}

const rootHelp = `Rollguard completes Deployments so that a rolling update loses no request:
strategy, probes, a preStop sleep, the grace period and minReadySeconds.
In a cluster its admission webhook does that. This program does the same to
files, says why, and says how a cluster stands.

Exit codes: 0 fine, 1 something differs or is at risk, 2 could not run.`
