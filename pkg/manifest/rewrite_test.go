package manifest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/workload"
)

const head = "apiVersion: apps/v1\nkind: Deployment\n"

func add(path, value string) patch.Operation {
	return patch.Operation{Op: patch.Add, Path: path, Value: json.RawMessage(value)}
}

func replace(path, value string) patch.Operation {
	return patch.Operation{Op: patch.Replace, Path: path, Value: json.RawMessage(value)}
}

func removal(path string) patch.Operation { return patch.Operation{Op: patch.Remove, Path: path} }

func TestDocumentsKeepTheirLayout(t *testing.T) {
	tests := map[string]struct {
		source string
		ops    []patch.Operation
		want   string
	}{
		"nothing to do changes nothing": {
			head + "metadata:   {name: web}\n\n\n", nil, head + "metadata:   {name: web}\n\n\n"},
		"a value is added at the end of its object": {
			head + "metadata: {name: web}\nspec:\n  a: 1   # one\n\n  b: 2\nstatus: {}\n",
			[]patch.Operation{add("/spec/c", `{"d":[1,"yes",true,null,{"e":0}]}`)},
			head + "metadata: {name: web}\nspec:\n  a: 1   # one\n\n  b: 2\n  c:\n    d:\n    - 1\n    - \"yes\"\n    - true\n    - null\n    - e: 0\nstatus: {}\n"},
		"four spaces stay four": {
			head + "metadata:\n    name: web\nspec:\n    a:\n        - b\n",
			[]patch.Operation{add("/spec/c", `{"d":[1]}`)},
			head + "metadata:\n    name: web\nspec:\n    a:\n        - b\n    c:\n        d:\n            - 1\n"},
		"lists keep their place": {
			head + "metadata:\n  name: web\nspec:\n  a:\n    - b: 1\n",
			[]patch.Operation{add("/spec/a/0/c", `[1]`)},
			head + "metadata:\n  name: web\nspec:\n  a:\n    - b: 1\n      c:\n        - 1\n"},
		"a value of its own keeps the comment beside it": {
			head + "metadata: {name: web}\nspec:\n  # above\n  a:   1 # beside\n  # below\n",
			[]patch.Operation{replace("/spec/a", `2`)},
			head + "metadata: {name: web}\nspec:\n  # above\n  a: 2 # beside\n  # below\n"},
		"a value that goes takes no other line along": {
			head + "metadata: {name: web}\nspec:\n  a: 1\n\n  b:\n    c: 1\n\n  d:   1\n",
			[]patch.Operation{removal("/spec/b")},
			head + "metadata: {name: web}\nspec:\n  a: 1\n\n\n  d:   1\n"},
		"an empty object opens up": {
			head + "metadata: {name: web}\nspec: {}\n",
			[]patch.Operation{add("/spec/a", `1`)},
			head + "metadata: {name: web}\nspec:\n  a: 1\n"},
		"a null becomes an object": {
			head + "metadata:\n  name: web\n  annotations:\nspec: {}\n",
			[]patch.Operation{add("/metadata/annotations", `{"x/y":"{}"}`), add("/metadata/annotations/a~1b", `"1"`)},
			head + "metadata:\n  name: web\n  annotations:\n    x/y: '{}'\n    a/b: \"1\"\nspec: {}\n"},
		"mixed indentation stays mixed": {
			head + "metadata:\n    name: web\nspec:\n  a:\n       b:\n       - c: 1\n",
			[]patch.Operation{add("/spec/a/b/0/d", `1`), add("/spec/e", `1`)},
			head + "metadata:\n    name: web\nspec:\n  a:\n       b:\n       - c: 1\n         d: 1\n  e: 1\n"},
		"a document behind its dashes is written on": {
			"--- {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}\n",
			[]patch.Operation{add("/spec", `{"a":1}`)},
			"--- {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {a: 1}}\n"},
		"a missing last line break stays missing": {
			head + "metadata: {name: web}\nspec:\n  a: 1",
			[]patch.Operation{add("/spec/b", `1`)},
			head + "metadata: {name: web}\nspec:\n  a: 1\n  b: 1"},
		"blocks of text stay": {
			head + "metadata:\n  name: web\n  annotations:\n    a: |\n      x\n\n        # no comment\n    b: >-\n      one\n      two\nspec: {}\n",
			[]patch.Operation{add("/metadata/annotations/c", `"1"`)},
			head + "metadata:\n  name: web\n  annotations:\n    a: |\n      x\n\n        # no comment\n    b: >-\n      one\n      two\n    c: \"1\"\nspec: {}\n"},
		"what an anchor shares stays as it was": {
			head + "metadata:\n  name: web\n  annotations: &a\n    x: y\nspec:\n  b: *a\n",
			[]patch.Operation{add("/metadata/annotations/c", `"1"`)},
			head + "metadata:\n  name: web\n  annotations: &a\n    x: y\n    c: \"1\"\nspec:\n  b:\n    x: y\n"},
		"what an alias stands for is copied": {
			head + "metadata:\n  name: web\n  annotations: &a\n    x: y\nspec: *a\n",
			[]patch.Operation{add("/spec/c", `1`)},
			head + "metadata:\n  name: web\n  annotations: &a\n    x: y\nspec:\n  x: y\n  c: 1\n"},
		"what is merged in is copied": {
			head + "metadata: {name: web}\nbase: &a\n  b:\n    x: y\nspec:\n  <<: *a\n",
			[]patch.Operation{add("/spec/b/c", `1`)},
			head + "metadata: {name: web}\nbase: &a\n  b:\n    x: y\nspec:\n  <<: *a\n  b:\n    x: y\n    c: 1\n"},
		"an anchored value may go": {
			head + "metadata: {name: web}\nspec:\n  a: &a {x: y}\n  b: *a\n",
			[]patch.Operation{removal("/spec/a")},
			head + "metadata: {name: web}\nspec:\n  b: {x: y}\n"},
		"JSON keeps its indentation": {
			"{\n   \"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\",\n   \"metadata\": {\"name\": \"web\"}\n}\n",
			[]patch.Operation{add("/spec", `{"a":1}`)},
			"{\n   \"apiVersion\": \"apps/v1\",\n   \"kind\": \"Deployment\",\n   \"metadata\": {\n      \"name\": \"web\"\n   },\n   \"spec\": {\n      \"a\": 1\n   }\n}\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := read(t, tt.source)
			s := NewSet([]*File{f}, Options{})
			if len(s.Errors) > 0 {
				t.Fatal(s.Errors)
			}
			if diff := cmp.Diff(tt.want, render(t, f, []Edit{{s.Deployments[0], tt.ops}})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func render(t *testing.T, f *File, edits []Edit) string {
	t.Helper()
	parts, err := f.Render(edits)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, p := range parts {
		out.Write(p.Result)
	}
	return out.String()
}

func TestPatchesThatDoNotApplyAreErrors(t *testing.T) {
	tests := map[string]patch.Operation{
		"the parent is not there": add("/spec/a/b", "1"),
		"the value is not there":  replace("/spec", "1"),
		"nothing to remove":       removal("/spec"),
		"the whole document":      add("", "{}"),
		"an unknown operation":    {Op: "move", Path: "/metadata/name"},
	}
	for name, op := range tests {
		t.Run(name, func(t *testing.T) {
			f := read(t, head+"metadata: {name: web}\n")
			s := NewSet([]*File{f}, Options{})
			if _, err := f.Render([]Edit{{s.Deployments[0], []patch.Operation{op}}}); err == nil {
				t.Error("no error")
			}
		})
	}
}

// FuzzRender feeds any text. What is not changed must come out byte for byte, and
// what is changed must say what the patch says.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{
		"", "a: 1\n---\n# x\n", namespaceShop + "---\n" + deploymentWeb, "{}{}", "\ufeff--- {}\n...\n", "kind: List",
		head + "metadata:\n  name: web # x\n\n  annotations: &a\n    x: |\n      y\nspec:\n    b: *a\n    c:\n    - <<: *a\n",
		head + "metadata: {name: web}\r\nspec:\r\n  a: 1\r\n", "kind: List\nitems:\n- " + deploymentWeb,
		`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"a":1.50}}`,
		head + "metadata:\n  name: web\n  annotations:\n    ? a\n    : 'b''c'\n    \"d\\n\": !!str 1\nspec: {replicas: 0o7, x: 1_000, y: .inf}\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Read("f.yaml", strings.NewReader(text))
		if err != nil {
			return
		}
		s := NewSet([]*File{file}, Options{})
		if got := render(t, file, nil); got != text {
			t.Fatalf("changed without a patch: %q", got)
		}
		var edits []Edit
		for _, d := range s.Deployments {
			edits = append(edits, Edit{d, []patch.Operation{add("/spec", `{"minReadySeconds":25,"on":"off"}`), add("/spec/a", `["b: c",{"d":null}]`)}})
		}
		parts, err := file.Render(edits)
		if err != nil {
			return
		}
		for i := range parts {
			checkPart(t, s, &parts[i], file.documents[i])
		}
	})
}

// checkPart reads a part of the result with a set of its own.
func checkPart(t *testing.T, s *Set, p *Part, d *document) {
	t.Helper()
	want := map[string]bool{}
	for _, dep := range s.Deployments {
		if dep.object.doc == d {
			want[dep.Key()] = true
		}
	}
	if len(want) == 0 {
		if p.Changed() {
			t.Fatalf("a document without a Deployment changed: %q", p.Result)
		}
		return
	}
	again, err := Read("again.yaml", strings.NewReader(string(p.Result)))
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range NewSet([]*File{again}, Options{}).Deployments {
		got := fastjson.MustParseBytes(dep.JSON).Get("spec")
		wanted := fastjson.MustParse(`{"minReadySeconds":25,"on":"off","a":["b: c",{"d":null}]}`)
		if !workload.Equal(got, wanted) {
			t.Fatalf("%s has spec %s", dep.Key(), got)
		}
		delete(want, dep.Key())
	}
	if len(want) > 0 {
		t.Fatalf("lost %v of %q in %q", want, p.Source, p.Result)
	}
}
