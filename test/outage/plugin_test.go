package outage

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// plugin puts the program into a folder under the names by which kubectl finds it.
func plugin(t *testing.T) (folder string) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	for _, name := range []string{"kubectl-rollguard", "kubectl_complete-rollguard"} {
		if err := os.Symlink(path, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestKubectlFindsThePlugin(t *testing.T) {
	folder := plugin(t)
	kubectl(t, "", "create", "namespace", "complete")
	kubectl(t, "", "create", "deployment", "web", "--image=registry.example/web:1", "-n", "complete")
	defer kubectl(t, "", "delete", "deployment", "web", "-n", "complete")
	for name, tc := range map[string]struct {
		args []string
		says string
	}{
		"it is listed":                       {[]string{"plugin", "list"}, filepath.Join(folder, "kubectl-rollguard")},
		"it runs":                            {[]string{"rollguard", "audit", "-n", "default"}, "0 Deployments. Kubernetes v1.37"},
		"it knows its name":                  {[]string{"rollguard", "audit", "--help"}, "kubectl rollguard audit [-A"},
		"kubectl completes commands":         {[]string{"__complete", "rollguard", "aud"}, "audit\tSay which Deployments"},
		"kubectl completes the values of -o": {[]string{"__complete", "rollguard", "audit", "-o", "sa"}, "sarif"},
		"kubectl completes Deployments":      {[]string{"__complete", "rollguard", "explain", "-n", "complete", ""}, "web\n:4"},
		"kubectl completes namespaces":       {[]string{"__complete", "rollguard", "audit", "-n", "compl"}, "\ncomplete\n"},
		"it asks as somebody else":           {[]string{"rollguard", "audit", "-n", "default", "--as", "nobody"}, "user nobody may not read namespace default and its deployments"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), world.plane.Kubectl(), tc.args...)
			cmd.Env = append(os.Environ(), "KUBECONFIG="+world.plane.KubeconfigPath(), "PATH="+folder+":/usr/bin:/bin")
			out, err := cmd.CombinedOutput()
			if !strings.Contains(string(out), tc.says) {
				t.Errorf("%v: %v: it does not say %q:\n%s", tc.args, err, tc.says, out)
			}
		})
	}
}
