package arch

import (
	"encoding/json"
	"os/exec"
	"path"
	"strings"
	"testing"
)

const module = "github.com/rollguard/rollguard/"

// order is the import graph as a statement of policy; it is not to be edited to make
// a build pass. "a, b < c: why" means that c may import a and b, and nothing else of
// this module but what a line names. A package in no line before its "<" may import
// nothing of this module.
const order = `
NONE                                      < pkg/api pkg/workload pkg/topology pkg/capacity: words, the view, the graph and the room stand alone
pkg/workload                              < pkg/patch: JSON equality
pkg/api pkg/workload                      < pkg/provenance: who wrote which field of the view
pkg/api pkg/workload pkg/topology pkg/capacity pkg/provenance < pkg/policy: rules see settings, the Deployment, its routes, room and authors
pkg/api pkg/workload pkg/topology pkg/capacity pkg/policy pkg/patch pkg/provenance < pkg/decision: the straight road from JSON to patch, and back by the record
pkg/api pkg/topology pkg/capacity pkg/decision pkg/policy pkg/workload pkg/patch < pkg/manifest: files instead of a cluster
pkg/api pkg/topology pkg/capacity pkg/decision < pkg/cluster: the live state
pkg/api pkg/topology pkg/policy pkg/patch pkg/decision < pkg/admission: requests and responses
pkg/api pkg/topology pkg/policy pkg/workload pkg/decision < pkg/posture: what admission did not see
pkg/api pkg/workload deploy               < pkg/selfprobe: one question to the API server, the fields it is about, and the manifest it is held against
NONE                                      < pkg/config/v1alpha1 pkg/metrics certs deploy
pkg/config/v1alpha1 pkg/api pkg/topology  < pkg/config: the file, and what it means for the core
certs                                     < certs/selfsigned certs/certmanager: sources among several
pkg/admission pkg/api pkg/cluster pkg/config pkg/config/v1alpha1 pkg/decision pkg/metrics pkg/policy pkg/posture pkg/selfprobe certs certs/selfsigned certs/certmanager < pkg/server: the only place that knows everything
pkg/config pkg/server                     < cmd/rollguard-webhook: flags to options
pkg/api pkg/decision pkg/manifest pkg/patch pkg/policy pkg/topology pkg/workload pkg/selfprobe pkg/config pkg/config/v1alpha1 certs certs/certmanager < cmd/rollguard: a front end like the webhook
`

// forbidden imports from outside, with the reason.
var forbidden = []struct {
	importPath string
	except     []string // packages (and what is below them) that may
	why        string
}{
	{"k8s.io/client-go", []string{"pkg/cluster", "pkg/posture", "pkg/selfprobe", "pkg/server", "certs/selfsigned", "certs/certmanager", "cmd/rollguard-webhook", "cmd/rollguard/internal/live"}, "the core and the front ends do no I/O with a cluster"},
	{"sigs.k8s.io/controller-runtime", []string{"pkg/cluster", "pkg/posture", "pkg/server", "pkg/admission", "cmd/rollguard-webhook"}, "it is the webhook's framework, not the core's"},
	{"go.uber.org/zap", []string{"pkg/cluster", "pkg/posture", "pkg/server", "pkg/admission", "cmd/rollguard-webhook"}, "the core does not log"},
	{"github.com/cert-manager/cert-manager", []string{"certs/certmanager"}, "a long list of requirements for one optional feature"},
	{"github.com/prometheus", []string{"pkg/metrics", "pkg/server"}, "everybody else sees small interfaces"},
	{"context", []string{"pkg/cluster", "pkg/posture", "pkg/selfprobe", "pkg/server", "pkg/admission", "certs", "cmd"}, "the core does no I/O, so it has nothing to cancel"},
}

type pkg struct {
	ImportPath string
	Imports    []string
	Doc        string
	Name       string
}

// packages lists the product, without tests and what is below test/.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Doc,Name", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for decoder.More() {
		var p pkg
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func short(importPath string) string { return strings.TrimPrefix(importPath, module) }

// allowed reads the order.
func allowed(t *testing.T) map[string][]string {
	t.Helper()
	rules := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(order), "\n") {
		rule, _, _ := strings.Cut(line, ":")
		left, right, ok := strings.Cut(rule, "<")
		if !ok {
			t.Fatalf("no < in %q", line)
		}
		for _, importer := range strings.Fields(right) {
			for _, imported := range strings.Fields(left) {
				if imported != "NONE" {
					rules[importer] = append(rules[importer], imported)
				} else {
					rules[importer] = append(rules[importer], []string{}...)
				}
			}
			if rules[importer] == nil {
				rules[importer] = []string{}
			}
		}
	}
	return rules
}

func TestPackagesImportOnlyWhatTheOrderAllows(t *testing.T) {
	rules := allowed(t)
	seen := map[string]bool{}
	for _, p := range packages(t) {
		name := short(p.ImportPath)
		if strings.HasPrefix(name, "test/") {
			continue
		}
		seen[name] = true
		owner, may, known := ruleFor(name, rules)
		if !known {
			t.Errorf("package %s is not in the order: add a line that says what it may import", name)
			continue
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, module) {
				continue
			}
			if target := short(imported); !within(target, may) && !within(target, []string{owner}) {
				t.Errorf("%s imports %s, which the order does not allow", name, target)
			}
		}
	}
	for name := range rules {
		if !seen[name] {
			t.Errorf("the order names %s, which does not exist", name)
		}
	}
}

// ruleFor finds the rule of a package: its own, or that of the package it is a part
// of (cmd/rollguard/internal/... keeps to the rule of cmd/rollguard).
func ruleFor(name string, rules map[string][]string) (owner string, may []string, known bool) {
	for owner = name; owner != "."; owner = path.Dir(owner) {
		if may, known = rules[owner]; known {
			return owner, may, true
		}
	}
	return "", nil, false
}

func TestForeignPackagesStayWhereTheyBelong(t *testing.T) {
	for _, p := range packages(t) {
		name := short(p.ImportPath)
		if strings.HasPrefix(name, "test/") {
			continue
		}
		for _, imported := range p.Imports {
			for _, f := range forbidden {
				if (imported == f.importPath || strings.HasPrefix(imported, f.importPath+"/")) && !within(name, f.except) {
					t.Errorf("%s imports %s: %s", name, imported, f.why)
				}
			}
		}
	}
}

func within(name string, parents []string) bool {
	for _, parent := range parents {
		if name == parent || strings.HasPrefix(name, parent+"/") {
			return true
		}
	}
	return false
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", short(p.ImportPath))
		}
	}
}
