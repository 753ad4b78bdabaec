package selfprobe

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Foreign is a field of those that Rollguard sets in which the probe's Deployment has a
// value of somebody else's: it left the field out, so any value that is neither the API
// server's default nor in Rollguard's record was put there on the way.
type Foreign struct {
	Path workload.Path
	// Is is the value, as JSON, "null" for none.
	Is string
	// Ours is what Rollguard had written there, as JSON. It is mostly empty: called again
	// after another mutator, Rollguard takes what it finds for the author's, and leaves it.
	Ours string
}

// String is a clause.
func (f *Foreign) String() string {
	text := fmt.Sprintf("%s %s", f.Path, cut(f.Is, maxShown))
	if f.Ours != "" {
		text += fmt.Sprintf(", where Rollguard had written %s", cut(f.Ours, maxShown))
	}
	return text
}

// foreign looks through a Deployment that was asked for as a dry run.
func foreign(made *appsv1.Deployment) []Foreign {
	record := map[workload.Path]json.RawMessage{}
	if err := json.Unmarshal([]byte(made.Annotations[api.AnnotationInjected]), &record); err != nil {
		clear(record) // it is not ours, or somebody wrote over it: then nothing proves what is
	}
	raw, err := json.Marshal(made)
	if err != nil {
		return nil // the client decoded it a moment ago
	}
	var tree map[string]any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil
	}
	var out []Foreign
	for _, path := range probed() {
		is := valueAt(tree, path)
		ours, written := record[path]
		switch {
		case written && equal(is, ours):
		case written:
			out = append(out, Foreign{path, text(is), string(ours)})
		case !byDefault(path, is):
			out = append(out, Foreign{path, text(is), ""})
		}
	}
	return out
}

// probed are the fields of the probe's Deployment.
func probed() []workload.Path {
	app := deployment().Spec.Template.Spec.Containers[0].Name
	return []workload.Path{
		workload.MaxSurge, workload.MaxUnavailable, workload.MinReadySeconds, workload.ProgressDeadline, workload.GracePeriod,
		workload.PreStop(app), workload.ReadinessProbe(app), workload.StartupProbe(app),
	}
}

// valueAt is nil where nothing is.
func valueAt(tree map[string]any, path workload.Path) any {
	object := tree
	if name, _ := path.Container(); name != "" {
		object = container(tree, name)
	}
	fields := path.Fields()
	for _, field := range fields[:len(fields)-1] {
		object, _ = object[field].(map[string]any)
	}
	return object[fields[len(fields)-1]]
}

func container(tree map[string]any, name string) map[string]any {
	for _, field := range []string{"spec", "template", "spec"} {
		tree, _ = tree[field].(map[string]any)
	}
	list, _ := tree["containers"].([]any)
	for _, entry := range list {
		if c, _ := entry.(map[string]any); c["name"] == name {
			return c
		}
	}
	return nil
}

func equal(is any, raw json.RawMessage) bool {
	var other any
	return json.Unmarshal(raw, &other) == nil && reflect.DeepEqual(is, other)
}

// byDefault tells whether a value is what the API server makes of none.
func byDefault(path workload.Path, is any) bool {
	d := path.APIDefault()
	return is == nil && (d == "" || d == strconv.Itoa(0)) || d != "" && equal(is, json.RawMessage(d))
}

func text(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return err.Error() // it came from JSON
	}
	return string(raw)
}
