package verdict

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/manifest"
)

const service = `
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
`

const template = `
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: app, ports: [{containerPort: 80}]}]
`

// TestAuthoredDefaults: a value that equals the API default is the author's when it
// stands in his manifest, and nobody's when a cluster filled it in.
func TestAuthoredDefaults(t *testing.T) {
	const spec = "\nspec:\n  replicas: 8\n  strategy: {rollingUpdate: {maxUnavailable: 25%}}" + template
	tests := map[string]struct {
		deployment string
		atRisk     bool
	}{
		"in a manifest it is the author's":                    {"metadata: {name: web}" + spec, true},
		"annotations make no difference":                      {"metadata: {name: web, annotations: {a: b}}" + spec, true},
		"nor does a null for annotations":                     {"metadata: {name: web, annotations: null}" + spec, true},
		"an object from a cluster brings its own evidence":    {"metadata: {name: web, managedFields: []}" + spec, false},
		"so does one that kubectl applied without the value":  {`metadata: {name: web, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"spec":{}}'}}` + spec, false},
		"a manifest without the value leaves it to Rollguard": {"metadata: {name: web}\nspec:" + template, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			v := judge(t, service+tt.deployment)
			if v.Err != nil || v.AtRisk() != tt.atRisk {
				t.Errorf("at risk: %v, error: %v", v.AtRisk(), v.Err)
			}
			for _, op := range v.Patch {
				if touches := strings.HasSuffix(op.Path, "maxUnavailable"); touches && tt.atRisk {
					t.Errorf("%s %s", op.Op, op.Path)
				}
				if strings.Contains(string(op.Value), "last-applied") {
					t.Errorf("the evidence is written: %s", op.Value)
				}
			}
		})
	}
}

func TestErrorsNameTheField(t *testing.T) {
	tests := map[string]struct{ deployment, want string }{
		"a word for a number":     {"metadata: {name: web}\nspec: {replicas: many}", "f.yaml, document 2 (line 8): Deployment default/web: field"},
		"a number for an object":  {"metadata: {name: web}\nspec: 1", "f.yaml, document 2 (line 8): Deployment default/web: field spec"},
		"annotations that are no": {"metadata: {name: web, annotations: 1}", "f.yaml, document 2 (line 8): Deployment default/web: field"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			v := judge(t, service+tt.deployment)
			if v.Err == nil || !strings.HasPrefix(v.Err.Error(), tt.want) {
				t.Errorf("got %v, want %s...", v.Err, tt.want)
			}
			if diff := cmp.Diff(0, len(v.Patch)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func judge(t *testing.T, text string) Verdict {
	t.Helper()
	f, err := manifest.Read("f.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	set := manifest.NewSet([]*manifest.File{f}, manifest.Options{AssumeEnabled: true})
	if len(set.Errors) > 0 || len(set.Deployments) != 1 {
		t.Fatal(set.Errors)
	}
	return All(set, Options{NativeSleep: true})[0]
}
