package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestADeploymentIsNamedAsKubectlNamesIt(t *testing.T) {
	for line, want := range map[string]struct{ name, err string }{
		"":                            {"", ""},
		"web":                         {"web", ""},
		"deployment":                  {"deployment", ""}, // one may be called so
		"deployment/web":              {"web", ""},
		"deployments/web":             {"web", ""},
		"deploy/web":                  {"web", ""},
		"deployment.apps/web":         {"web", ""},
		"deployments.apps/web":        {"web", ""},
		"deployments.v1.apps/web":     {"web", ""},
		"Deployment/web":              {"web", ""},
		"deployment web":              {"web", ""},
		"deploy web":                  {"web", ""},
		"deployments web":             {"web", ""},
		"deployment.apps web":         {"web", ""},
		"service/web":                 {"", "only Deployments are meant"},
		"service web":                 {"", "only Deployments are meant"},
		"web api":                     {"", "one at a time"},
		"deployment web api":          {"", "more than one name"},
		"deployment/web api":          {"", "more than one name"},
		"deployment/web deployment/x": {"", "more than one name"},
		"deployment/":                 {"", "the name is missing"},
		"deployment web/x":            {"", "no name has a slash"},
		"deployment/web/x":            {"", "no name has a slash"},
	} {
		cmd := &cobra.Command{Use: "explain"}
		name, err := deploymentName(cmd, strings.Fields(line))
		if name != want.name || (err == nil) != (want.err == "") {
			t.Errorf("%q: %q, %v", line, name, err)
		}
		for _, part := range []string{line + ": ", want.err, "write deployment/NAME, and -n"} {
			if err != nil && !strings.Contains(err.Error(), part) {
				t.Errorf("%q: %q is not in: %v", line, part, err)
			}
		}
	}
}
