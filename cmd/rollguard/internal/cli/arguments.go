package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// noArguments are the arguments of a command that takes flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &usageError{command: cmd.CommandPath(), err: fmt.Errorf("unexpected argument %q%s", args[0], meant(cmd, args[0]))}
}

// meant is a clause on how to say what an argument seems to be about; "" where nobody can tell.
func meant(cmd *cobra.Command, word string) string {
	if isFile(word) {
		if cmd.Flags().Lookup("filename") != nil {
			return "; did you mean -f " + word + "?"
		}
		return ""
	}
	if !contains([]string{"audit", "status"}, cmd.Name()) {
		return ""
	}
	name, err := deploymentName(cmd, []string{word})
	if err != nil || name == "" {
		return ""
	}
	explain := fmt.Sprintf("about one Deployment, ask %s explain deployment/%s", cmd.Root().CommandPath(), name)
	if strings.Contains(word, "/") {
		return "; " + explain
	}
	return "; " + explain + ", and about a namespace with -n " + name
}

// isFile tells whether a word is a file or folder that exists, or is called like a manifest.
func isFile(word string) bool {
	if _, err := os.Stat(word); err == nil {
		return true
	}
	return contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(word))
}
