package arch

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/pkg/cluster"
)

// certificateRights are what the self-signed certificate source needs cluster-wide (see
// certs/selfsigned): its own webhook configuration.
func certificateRights() []string {
	var out []string
	for _, verb := range []string{"get", "list", "watch", "patch"} {
		out = append(out, "admissionregistration.k8s.io/mutatingwebhookconfigurations/rollguard "+verb)
	}
	return out
}

// postureRights are what the search for unguarded Deployments needs (see pkg/posture):
// nothing is watched, and nothing but Events is written.
func postureRights() []string {
	return []string{"apps/deployments/* list", "events.k8s.io/events/* create"}
}

// repairRights are in a role of their own, which the manifest binds to nobody.
func repairRights() []string { return []string{"apps/deployments/* patch"} }

func TestTheRightToRepairIsBoundNowhere(t *testing.T) {
	manifest, err := os.ReadFile("../../deploy/rollguard.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range strings.Split(string(manifest), "\n---\n") {
		var binding rbacv1.ClusterRoleBinding
		if err := yaml.Unmarshal([]byte(text), &binding); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(binding.Kind, "Binding") && binding.RoleRef.Name == "rollguard-repair" {
			t.Errorf("%s %s/%s binds it", binding.Kind, binding.Namespace, binding.Name)
		}
	}
}

// rights are the rules of a role, one line for each group, resource, name and verb.
func rights(rules []rbacv1.PolicyRule) []string {
	var out []string
	for _, rule := range rules {
		names := rule.ResourceNames
		if len(names) == 0 {
			names = []string{"*"}
		}
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, name := range names {
					for _, verb := range rule.Verbs {
						out = append(out, group+"/"+resource+"/"+name+" "+verb)
					}
				}
			}
		}
		for _, url := range rule.NonResourceURLs {
			out = append(out, "url "+url)
		}
	}
	slices.Sort(out)
	return out
}

// What the code reads and what the manifest grants are the same: less, and a door stays
// shut; more, and Rollguard could read what it has no use for.
func TestTheManifestGrantsExactlyWhatIsRead(t *testing.T) {
	manifest, err := os.ReadFile("../../deploy/rollguard.yaml")
	if err != nil {
		t.Fatal(err)
	}
	granted := map[string][]string{}
	for _, text := range strings.Split(string(manifest), "\n---\n") {
		var role rbacv1.ClusterRole
		if err := yaml.Unmarshal([]byte(text), &role); err != nil {
			t.Fatal(err)
		}
		if role.Kind == "ClusterRole" {
			granted[role.Name] = rights(role.Rules)
		}
	}
	wanted := slices.Concat(certificateRights(), postureRights())
	for _, read := range cluster.Reads() {
		for _, verb := range cluster.Verbs() {
			wanted = append(wanted, read.Group+"/"+read.Resource+"/* "+verb)
		}
	}
	slices.Sort(wanted)
	roles := map[string][]string{"rollguard": wanted, "rollguard-repair": repairRights()}
	if diff := cmp.Diff(roles, granted); diff != "" {
		t.Errorf("the manifest differs from what is read, -read +granted:\n%s", diff)
	}
}
