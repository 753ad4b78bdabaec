package cli

import "github.com/spf13/cobra"

// complete names the values of a flag to the shell. It can fail only for a flag that does
// not exist.
func complete(cmd *cobra.Command, flag string, values ...cobra.Completion) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err)
	}
}
