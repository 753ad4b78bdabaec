package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
)

// complete names the values of a flag to the shell.
func complete(cmd *cobra.Command, flag string, values ...cobra.Completion) {
	completeBy(cmd, flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// completeBy can fail only for a flag that does not exist.
func completeBy(cmd *cobra.Command, flag string, by cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, by); err != nil {
		panic(err)
	}
}

// offerNoFiles is for arguments that are no files: a shell offers those by itself.
func offerNoFiles(cmd *cobra.Command) {
	if cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, sub := range cmd.Commands() {
		offerNoFiles(sub)
	}
}

// completeCluster names the values of the flags that say which cluster is meant, and of those
// that name a namespace in it, as far as the command has them.
func completeCluster(cmd *cobra.Command, in *live.Flags) {
	for i, flag := range []string{"context", "cluster", "user"} {
		completeBy(cmd, flag, func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			contexts, clusters, users := in.ConfigNames()
			return beginning([][]string{contexts, clusters, users}[i], typed)
		})
	}
	for _, flag := range []string{"namespace", "rollguard-namespace", "probe-namespace"} {
		if cmd.Flags().Lookup(flag) == nil {
			continue
		}
		completeBy(cmd, flag, func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return beginning(in.NamespaceNames(cmd.Context()), typed)
		})
	}
}

// deploymentNames completes the name of a Deployment, in the forms that deploymentName takes:
// from the files where there are any, else from the cluster.
func deploymentNames(in *input, cluster *live.Flags) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		switch {
		case len(args) > 1, len(args) == 1 && !isDeployment(args[0]):
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		if len(in.paths) > 0 {
			names = in.deploymentNames(cmd)
		} else {
			names = cluster.DeploymentNames(cmd.Context(), chosenNamespace(cmd))
		}
		kind, _, slash := strings.Cut(typed, "/")
		switch {
		case slash && (len(args) > 0 || !isDeployment(kind)):
			return nil, cobra.ShellCompDirectiveNoFileComp
		case slash:
			return beginning(prefixed(kind+"/", names), typed)
		case len(args) == 0 && typed != "":
			names = append(names, prefixed("deployment/", names)...)
		}
		return beginning(names, typed)
	}
}

// chosenNamespace is the one that -n names, "" without it.
func chosenNamespace(cmd *cobra.Command) string {
	if flag := cmd.Flags().Lookup("namespace"); flag.Changed {
		return flag.Value.String()
	}
	return ""
}

// deploymentNames are those of the files; what comes through a pipe is left to the command.
func (in *input) deploymentNames(cmd *cobra.Command) []string {
	if contains(in.paths, "-") {
		return nil
	}
	read, err := in.read(cmd)
	if err != nil {
		return nil
	}
	chosen := chosenNamespace(cmd)
	var names []string
	for _, d := range read.set.Deployments {
		if chosen == "" || d.Namespace == chosen {
			names = append(names, d.Name)
		}
	}
	return names
}

func prefixed(prefix string, names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = prefix + name
	}
	return out
}

// beginning are the words that begin with what was typed, each once. No file is offered instead.
func beginning(words []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	for _, word := range words {
		if strings.HasPrefix(word, typed) {
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), cobra.ShellCompDirectiveNoFileComp
}
