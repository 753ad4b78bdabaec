package cli

import (
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), versionText())
			return err
		},
	}
}

// addVersionFlag is for those who try --version. It has no short form, as -v means the
// level of logs to kubectl.
func addVersionFlag(root *cobra.Command) {
	root.Flags().Bool("version", false, "print the version")
	root.Version = version()
	root.SetVersionTemplate(versionText())
}

func versionText() string {
	return fmt.Sprintf("rollguard %s, for Kubernetes up to %s\n", version(), newestKnown)
}

// version is what the Go tool put into the program: the tag, or the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown version)"
	}
	return info.Main.Version
}
