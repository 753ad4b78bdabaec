package outage

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/test/kube"
)

// reader is a kubeconfig of somebody who may read what decides in one namespace only.
func reader(t *testing.T, namespace string) string {
	t.Helper()
	return mayRead(t, "reader-of-"+namespace, namespace, "deployments.apps,services,ingresses.networking.k8s.io,namespaces")
}

// mayRead is a kubeconfig of a user who may read these resources of one namespace, and
// nothing else.
func mayRead(t *testing.T, name, namespace, resources string) string {
	t.Helper()
	kubectl(t, "", "create", "role", name, "-n", namespace, "--verb=get,list", "--resource="+resources)
	kubectl(t, "", "create", "rolebinding", name, "-n", namespace, "--role="+name, "--user="+name)
	return kubeconfigOf(t, name)
}

// kubeconfigOf is a kubeconfig of a user.
func kubeconfigOf(t *testing.T, name string) string {
	t.Helper()
	user, err := world.plane.User(name)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := kube.WriteKubeconfig(path, user); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAuditReadsAllNamespacesEnabledOrNotAndSaysWhatItCouldNotRead(t *testing.T) {
	const mine, other, bare = "mine", "other", "bare"
	kubectl(t, fmt.Sprintf(shop, mine, "report")+"---"+fmt.Sprintf(shop, other, "report"), "apply", "-f", "-")
	kubectl(t, fmt.Sprintf(deployment, mine)+"---"+fmt.Sprintf(deployment, other), "apply", "-f", "-")
	kubectl(t, "", "create", "namespace", bare)
	kubectl(t, "", "create", "deployment", "worker", "-n", bare, "--image=registry.example/worker:1")
	limited, admin := reader(t, mine), world.plane.KubeconfigPath()
	for name, tc := range map[string]struct {
		kubeconfig     string
		args           []string
		code           int
		stdout, stderr string
	}{
		"an administrator sees all":            {admin, []string{"-A"}, 1, "other/web", ""},
		"also what is not enabled":             {admin, []string{"-A", "-o", "wide"}, 1, "bare/worker", ""},
		"one namespace":                        {admin, []string{"-n", bare}, 0, "1 Deployment: 1 not-exposed. Kubernetes v1.37", ""},
		"several":                              {admin, []string{"-n", bare + "," + mine}, 1, "2 Deployments: 1 unguarded, 1 not-exposed", ""},
		"what to do":                           {admin, []string{"-n", mine, "-o", "yaml"}, 1, "do: install Rollguard, or switch it on; then kubectl rollout restart deployment/web\n", ""},
		"a namespace that is not there":        {admin, []string{"-n", "nowhere"}, 2, "", "namespace nowhere does not exist"},
		"who may read one namespace":           {limited, []string{"-n", mine}, 1, "mine/web", "user reader-of-mine may not read ingressclasses, nor persistentvolumeclaims, resourcequotas of namespace mine, so what is said may be wrong; ask for ClusterRole view in namespace mine, and for the right to list ingressclasses\n"},
		"what was not read stands in the data": {limited, []string{"-n", mine, "-o", "sarif"}, 1, "ingressclasses could not be read", ""},
		"who may not read a namespace":         {limited, []string{"-n", other}, 2, "", "rollguard: user reader-of-mine may not read namespace other and its deployments; ask for ClusterRole view in namespace other, or name a namespace that you may read with -n\n"},
		"who may read one of two":              {limited, []string{"-n", mine + "," + other}, 2, "mine/web", "rollguard: user reader-of-mine may not read namespace other and its ingresses, services, persistentvolumeclaims, resourcequotas, deployments, nor "},
		"who may not list namespaces":          {limited, []string{"-A"}, 2, "", "rollguard: user reader-of-mine may not list namespaces: name one with -n, or ask for ClusterRole view in the whole cluster\n"},
		"nothing to fail on":                   {admin, []string{"-A", "--fail-on", "never"}, 0, "mine/web", ""},
	} {
		t.Run(name, func(t *testing.T) {
			out := rollguard(t, tc.kubeconfig, append([]string{"audit"}, tc.args...)...)
			if out.code != tc.code || !strings.Contains(out.stdout, tc.stdout) || !strings.Contains(out.stderr, tc.stderr) {
				t.Errorf("exit code %d, want %d; stdout:\n%s\nstderr:\n%s", out.code, tc.code, out.stdout, out.stderr)
			}
			if strings.Contains(out.stderr, "\r") {
				t.Errorf("progress is shown where nobody looks: %q", out.stderr)
			}
		})
	}
}

// No controller fills ClusterRole view here: its rules are those of the role that it gathers.
func TestClusterRoleViewGivesWhatTheAdviceSays(t *testing.T) {
	const namespace, viewer = "viewed", "viewer"
	kubectl(t, fmt.Sprintf(shop, namespace, "report")+"---"+fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	kubectl(t, "", "create", "rolebinding", viewer, "-n", namespace, "--clusterrole=system:aggregate-to-view", "--user="+viewer)
	out := rollguard(t, kubeconfigOf(t, viewer), "status", "-n", namespace)
	const want = "rollguard: user viewer may not read ingressclasses, so what is said may be wrong; ask for the right to list ingressclasses\n"
	if out.code == 2 || out.stderr != want {
		t.Errorf("exit code %d; it says\n%swant\n%s", out.code, out.stderr, want)
	}
}
