package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// core are the packages whose result depends on their input alone.
func core() []string {
	return []string{"api", "workload", "provenance", "topology", "policy", "patch", "decision"}
}

func sources(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files in %s: %v", dir, err)
	}
	out := map[string]*ast.File{}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		out[path] = file
	}
	return out
}

func TestTheCoreHasNoClockNoRandomnessAndNoEnvironment(t *testing.T) {
	for _, name := range core() {
		for path, file := range sources(t, filepath.Join("../../pkg", name)) {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				x, ok := call.X.(*ast.Ident)
				if !ok {
					return true
				}
				switch full := x.Name + "." + call.Sel.Name; {
				case full == "time.Now", full == "time.Since", x.Name == "rand", x.Name == "os", x.Name == "http":
					t.Errorf("%s uses %s", path, full)
				}
				return true
			})
		}
	}
}

func TestThereIsNoInitFunctionAndNoMutablePackageVariable(t *testing.T) {
	for _, root := range []string{"../../pkg", "../../cmd", "../../certs"} {
		err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			for _, decl := range file.Decls {
				checkDeclaration(t, path, decl)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// checkDeclaration allows package variables that nobody can or will change: errors,
// interface assertions, and values made by a constructor that is known to give
// something immutable.
func checkDeclaration(t *testing.T, path string, decl ast.Decl) {
	t.Helper()
	if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
		t.Errorf("%s has an init function", path)
	}
	g, ok := decl.(*ast.GenDecl)
	if !ok || g.Tok != token.VAR {
		return
	}
	for _, spec := range g.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range v.Names {
			if name.Name == "_" || i < len(v.Values) && immutable(v.Values[i]) {
				continue
			}
			t.Errorf("%s has the package variable %s", path, name.Name)
		}
	}
}

func immutable(value ast.Expr) bool {
	call, ok := value.(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := f.X.(*ast.Ident)
	if !ok {
		return false
	}
	switch x.Name + "." + f.Sel.Name {
	case "errors.New", "strings.NewReplacer", "regexp.MustCompile":
		return true
	}
	return false
}
