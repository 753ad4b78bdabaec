package sequence

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// Manner is a way to write a Deployment.
type Manner string

// The manners.
const (
	PutBare         Manner = "PUT of the bare manifest"
	PutStored       Manner = "GET, change, PUT"
	JSONPatch       Manner = "JSON patch"
	MergePatch      Manner = "merge patch"
	StrategicPatch  Manner = "strategic merge patch"
	ServerSideApply Manner = "server-side apply"
	ClientSideApply Manner = "client-side apply"
)

// Manners lists them.
func Manners() []Manner {
	return []Manner{PutBare, PutStored, JSONPatch, MergePatch, StrategicPatch, ServerSideApply, ClientSideApply}
}

// Write is one request to an API server.
type Write struct {
	// Type is empty for a POST, when nothing is stored yet, and for a PUT.
	Type types.PatchType
	// Manager is the field manager.
	Manager string
	Body    []byte
}

// intent is what an author wants to change, and his manifest before and after.
type intent struct {
	changes       []Change
	before, after object
}

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// write is the request that brings the intent to what is stored, nil for nothing.
func (m Manner) write(in intent, stored *appsv1.Deployment) (Write, error) {
	w := Write{Manager: "author-" + managers[m]}
	switch {
	case m == ServerSideApply:
		w.Type, w.Body = types.ApplyPatchType, encode(in.after)
		return w, nil
	case m == ClientSideApply:
		return clientSide(w, in, stored)
	case stored == nil || m == PutBare:
		w.Body = encode(in.after)
		return w, nil
	}
	now := tree(stored)
	switch m {
	case PutStored:
		w.Body = encode(changed(now, in.changes))
	case JSONPatch:
		w.Type, w.Body = types.JSONPatchType, encode(operations(now, in.changes))
	case MergePatch:
		w.Type, w.Body = types.MergePatchType, encode(merge(now, in.changes))
	case StrategicPatch:
		w.Type, w.Body = types.StrategicMergePatchType, encode(strategic(in))
	default:
		return Write{}, fmt.Errorf("manner %q", m)
	}
	return w, nil
}

var managers = map[Manner]string{
	PutBare: "replace", PutStored: "edit", JSONPatch: "json", MergePatch: "merge", StrategicPatch: "patch",
	ServerSideApply: "apply", ClientSideApply: "client-side-apply",
}

// tree is the JSON tree of a Deployment.
func tree(d *appsv1.Deployment) object {
	out, err := runtime.DefaultUnstructuredConverter.ToUnstructured(d)
	if err != nil {
		panic(fmt.Sprintf("sequence: %v", err)) // every Deployment has a JSON form
	}
	return out
}

// clientSide is what kubectl apply does (kubectl pkg/cmd/apply/patcher.go).
func clientSide(w Write, in intent, stored *appsv1.Deployment) (Write, error) {
	manifest := encode(in.after)
	modified := encode(changed(in.after, []Change{{Path: []string{"metadata", "annotations", lastApplied}, Value: string(manifest)}}))
	if stored == nil {
		w.Body = modified
		return w, nil
	}
	schema, err := strategicpatch.NewPatchMetaFromStruct(&appsv1.Deployment{})
	if err != nil {
		return w, err
	}
	w.Type = types.StrategicMergePatchType
	w.Body, err = strategicpatch.CreateThreeWayMergePatch([]byte(stored.Annotations[lastApplied]), modified, encode(tree(stored)), schema, true)
	return w, err
}

// operations are a JSON patch of the changed fields only.
func operations(now object, changes []Change) []object {
	out := []object{}
	for _, c := range changes {
		where, rest := pointer(now, c.Path)
		switch {
		case c.Value != nil:
			out = append(out, object{"op": "add", "path": where, "value": nested(rest, c.Value)})
		case value(now, c.Path) != nil:
			out = append(out, object{"op": "remove", "path": where})
		}
		now = changed(now, []Change{c})
	}
	return out
}

// merge is a merge patch of the changed fields. It knows no items of lists, so the
// containers come whole, as they are stored.
func merge(now object, changes []Change) object {
	out := object{}
	pod := []string{"spec", "template", "spec"}
	for _, c := range changes {
		if len(c.Path) > 4 && c.Path[3] == "containers" {
			after := child(changed(now, changes), true, pod)
			child(out, true, pod)["containers"] = after["containers"]
			continue
		}
		last := len(c.Path) - 1
		child(out, true, c.Path[:last])[c.Path[last]] = c.Value
	}
	return out
}

// strategic is a strategic merge patch of the changed fields. What an author had and
// has no more is null, such as the other handler of his probe.
func strategic(in intent) object {
	out := object{}
	for _, c := range in.changes {
		at, path := out, c.Path
		if len(path) > 4 && path[3] == "containers" {
			pod := child(out, true, path[:3])
			items, _ := pod["containers"].([]any)
			if named(items, path[4]) == nil {
				items = append(items, object{"name": path[4]})
				pod["containers"] = items
			}
			at, path = named(items, path[4]).(object), path[5:]
		}
		last := len(path) - 1
		child(at, true, path[:last])[path[last]] = difference(value(in.before, c.Path), c.Value)
	}
	return out
}
