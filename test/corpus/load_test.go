package corpus

import (
	"bytes"
	"embed"
	"encoding/json"
	"io/fs"
	"path"
	"testing"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/topology"
)

//go:embed */manifests.yaml */expected.json
var files embed.FS

// route is a route in its published form, so that a field that is new there is
// compared too.
type route map[string]any

// verdict is what is known about one Deployment.
type verdict struct {
	Routes      []route `json:"routes"`
	MaybeRoutes []route `json:"maybeRoutes"`
}

// cases are the names of all folders.
func cases(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(files, "*/manifests.yaml")
	if err != nil || len(names) < 200 {
		t.Fatalf("%d cases, error %v", len(names), err)
	}
	for i := range names {
		names[i] = path.Dir(names[i])
	}
	return names
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// expected is LBC's verdict on a case.
func expected(t *testing.T, name string) map[string]verdict {
	t.Helper()
	var out struct {
		Deployments map[string]verdict `json:"deployments"`
	}
	if err := json.Unmarshal(read(t, name+"/expected.json"), &out); err != nil {
		t.Fatal(err)
	}
	return out.Deployments
}

// found is our verdict on a case, by the same steps as the command line takes.
func found(t *testing.T, name string) map[string]topology.Exposure {
	t.Helper()
	file, err := manifest.Read(name, bytes.NewReader(read(t, name+"/manifests.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	set := manifest.NewSet([]*manifest.File{file}, manifest.Options{})
	for _, err := range set.Errors {
		t.Error(err)
	}
	maker := decision.NewMaker(api.NewResolver(nil, api.DefaultBounds()))
	out := map[string]topology.Exposure{}
	for _, d := range set.Deployments {
		made, err := maker.Make(&decision.Request{
			New: d.JSON, Namespace: set.Annotations(d.Namespace), Graph: set.Graph(d.Namespace), Manifest: true, NativeSleep: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		out[d.Key()] = made.Exposure
	}
	return out
}

// published is a route as "explain -o json" prints it.
func published(t *testing.T, r *topology.Route) route {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var out route
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
