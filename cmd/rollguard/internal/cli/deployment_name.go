package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// deploymentName takes what kubectl takes for one Deployment: NAME, TYPE/NAME and TYPE NAME
// (k8s.io/cli-runtime, pkg/resource, builder.go). It is "" where nothing is named, and a
// mistake of the command line where something else is.
func deploymentName(cmd *cobra.Command, args []string) (string, error) {
	wrong := func(text string) error {
		return &usageError{command: cmd.CommandPath(), err: fmt.Errorf("%s: %s: write deployment/NAME, and -n for the namespace", strings.Join(args, " "), text)}
	}
	if len(args) == 0 {
		return "", nil
	}
	kind, name, slash := strings.Cut(args[0], "/")
	switch {
	case len(args) == 1 && !slash:
		kind, name = "deployment", args[0]
	case len(args) == 2 && !slash:
		name = args[1]
	}
	switch {
	case !isDeployment(kind):
		return "", wrong("only Deployments are meant, one at a time")
	case len(args) > 2, slash && len(args) > 1:
		return "", wrong("that is more than one name")
	case name == "":
		return "", wrong("the name is missing")
	case strings.Contains(name, "/"):
		return "", wrong("no name has a slash in it")
	}
	return name, nil
}

// isDeployment tells whether kubectl would take a word for the type.
func isDeployment(kind string) bool {
	return contains([]string{
		"deployment", "deployments", "deploy", "deployment.apps", "deployments.apps", "deployment.v1.apps", "deployments.v1.apps",
	}, strings.ToLower(kind))
}

// oneDeployment are the arguments of commands about one Deployment or all.
func oneDeployment(cmd *cobra.Command, args []string) error {
	_, err := deploymentName(cmd, args)
	return err
}
