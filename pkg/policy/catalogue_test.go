package policy_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
)

func TestEveryCodeIsExplainedOnce(t *testing.T) {
	explained := map[string]bool{}
	for _, entry := range policy.Catalogue() {
		if explained[string(entry.Code)] {
			t.Errorf("%s is explained twice", entry.Code)
		}
		explained[string(entry.Code)] = true
		if !strings.HasSuffix(entry.Means, ".") || entry.Advice != "" && !strings.HasSuffix(entry.Advice, ".") {
			t.Errorf("%s: means %q, advice %q", entry.Code, entry.Means, entry.Advice)
		}
	}
	for _, code := range declaredCodes(t) {
		if !explained[code] {
			t.Errorf("%s is not in the catalogue", code)
		}
		delete(explained, code)
	}
	for code := range explained {
		t.Errorf("%s is in the catalogue and not declared", code)
	}
}

// declaredCodes are the values of the constants of type Code.
func declaredCodes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "catalogue.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Code" {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil || value != spec.Names[0].Name {
			t.Errorf("constant %s has the value %s", spec.Names[0].Name, value)
		}
		out = append(out, value)
		return true
	})
	if len(out) == 0 {
		t.Fatal("no codes found")
	}
	return out
}

func TestAFindingHasTheOutcomeThatTheCatalogueSays(t *testing.T) {
	outcomes := map[policy.Code]policy.Outcome{}
	for _, entry := range policy.Catalogue() {
		outcomes[entry.Code] = entry.Outcome
	}
	for _, w := range []write{
		{}, {oldServer: true}, {noExposure: true}, {noExposure: true, assume: true}, {exposure: behindALB("ip", drainDelay(300))},
		{namespace: texts{"max-surg": "1", "mode": "x", "pre-stop-sleep": "1h", "startup-probe": "http", "startup-budget": "20m"}},
		{new: inPod(t, bare, 25, "terminationGracePeriodSeconds")},
		{new: put(t, bare, "Recreate", "spec", "strategy", "type")},
	} {
		for _, f := range w.evaluate(t).Findings {
			if f.Outcome != outcomes[f.Code] {
				t.Errorf("%s: outcome %s, the catalogue says %s", f.Code, f.Outcome, outcomes[f.Code])
			}
			if f.Message == "" || strings.HasSuffix(f.Message, ".") {
				t.Errorf("%s: message %q", f.Code, f.Message)
			}
		}
	}
}
