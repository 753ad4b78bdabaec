package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/cli"
	"github.com/rollguard/rollguard/test/fixtures"
)

// audited runs an audit of the golden cases and of the corpus of clusters, one by one.
func audited(t *testing.T, form string, use func(t *testing.T, text []byte)) {
	t.Helper()
	files, err := filepath.Glob("../../test/corpus/*/manifests.yaml")
	if err != nil {
		t.Fatal(err)
	}
	inputs := map[string][]byte{}
	for _, file := range files {
		if inputs[file], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range fixtures.Load(t) {
		inputs[c.Name] = c.In
	}
	if len(inputs) < 300 {
		t.Fatalf("only %d inputs", len(inputs))
	}
	for name, in := range inputs {
		path := filepath.Join(t.TempDir(), "in put.yaml") // a space has to be escaped
		if err := os.WriteFile(path, in, 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		code := cli.Run([]string{"rollguard", "audit", "-o", form, "-f", path}, cli.Streams{Out: &stdout, Err: &stderr})
		if code == 2 && stdout.Len() == 0 {
			t.Fatalf("%s: %s", name, stderr.String())
		}
		use(t, stdout.Bytes())
	}
}

// The schema comes with the module of a linter that the project uses anyway.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", "github.com/securego/gosec/v2")
	cmd.Dir = "../../test/tools"
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(module.Dir, "report", "sarif", "testdata", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIFIsValidByItsSchema(t *testing.T) {
	schema := sarifSchema(t)
	if schema.Validate(map[string]any{"version": "2.1.0"}) == nil {
		t.Fatal("the schema takes a log without runs")
	}
	results := 0
	audited(t, "sarif", func(t *testing.T, text []byte) {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
		results += strings.Count(string(text), `"ruleIndex"`)
	})
	if results < 100 {
		t.Errorf("only %d results", results)
	}
}

func TestJUnitIsReadByAReaderOfIt(t *testing.T) {
	counts := map[junit.Status]int{}
	audited(t, "junit", func(t *testing.T, text []byte) {
		suites, err := junit.Ingest(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, s := range suites {
			for _, c := range s.Tests {
				counts[c.Status]++
				if c.Status == junit.StatusFailed && !slices.Contains([]string{"unguarded", "at-risk"}, strings.Split(c.Message, ":")[0]) {
					t.Errorf("%s fails because of %q", c.Name, c.Message)
				}
			}
		}
	})
	if counts[junit.StatusFailed] == 0 || counts[junit.StatusPassed] == 0 || counts[junit.StatusSkipped] == 0 {
		t.Errorf("not every outcome was seen: %v", counts)
	}
}
