package outage

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A shell offers what is in the cluster that the flags mean, as far as whoever asks may see it.
func TestAShellCompletesNamesOfTheCluster(t *testing.T) {
	const namespace = "complete-names"
	kubectl(t, "", "create", "namespace", namespace)
	for _, name := range []string{"web", "worker", "api"} {
		kubectl(t, "", "create", "deployment", name, "--image=registry.example/"+name+":1", "-n", namespace)
	}
	defer kubectl(t, "", "delete", "deployments", "--all", "-n", namespace)
	admin, may := world.plane.KubeconfigPath(), lister(t, namespace)
	for name, tc := range map[string]struct {
		kubeconfig string
		args       []string
		want       string
	}{
		"all of a namespace":               {admin, []string{"explain", "-n", namespace, ""}, "api\nweb\nworker\n:4\n"},
		"those that begin so":              {admin, []string{"explain", "-n", namespace, "w"}, "web\nworker\n:4\n"},
		"with the type":                    {admin, []string{"strip", "-n", namespace, "deploy/w"}, "deploy/web\ndeploy/worker\n:4\n"},
		"behind the type":                  {admin, []string{"strip", "-n", namespace, "deployment", "a"}, "api\n:4\n"},
		"of the context's namespace":       {admin, []string{"explain", "ap"}, ":4\n"},
		"namespaces":                       {admin, []string{"status", "-n", "complete-n"}, namespace + "\n:4\n"},
		"namespaces of check":              {admin, []string{"check", "--rollguard-namespace", "complete-n"}, namespace + "\n:4\n"},
		"the kubeconfig of the flag":       {"/nowhere", []string{"explain", "--kubeconfig", admin, "-n", namespace, "ap"}, "api\n:4\n"},
		"who may list them":                {may, []string{"explain", "-n", namespace, "we"}, "web\n:4\n"},
		"who may not see other namespaces": {may, []string{"explain", "-n", ""}, ":4\n"},
		"a server that is away":            {admin, []string{"explain", "-s", "https://127.0.0.1:1", "-n", namespace, ""}, ":4\n"},
	} {
		t.Run(name, func(t *testing.T) {
			out := rollguard(t, tc.kubeconfig, append([]string{"__complete"}, tc.args...)...)
			if diff := cmp.Diff(tc.want, out.stdout); diff != "" || out.code != 0 {
				t.Errorf("exit code %d: %s\n%s", out.code, diff, out.stderr)
			}
		})
	}
}
