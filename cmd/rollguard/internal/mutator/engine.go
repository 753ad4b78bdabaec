package mutator

import "encoding/json"

// Engine is a policy engine whose policies can be read as objects.
type Engine struct {
	Name, Group string
	// Kinds are its policies, by resource.
	Kinds map[string]string
	// parts lead to what a policy changes; "*" steps into each entry of a list.
	parts [][]string
}

// Engines are those whose policies are read. Kyverno's kinds: its ClusterPolicy and
// MutatingPolicy (CEL); Gatekeeper's: its mutators with a location.
func Engines() []Engine {
	return []Engine{
		{Name: "Kyverno", Group: "kyverno.io", Kinds: map[string]string{"clusterpolicies": "ClusterPolicy", "policies": "Policy"}, parts: [][]string{{"spec", "rules", "*", "mutate"}}},
		{
			Name: "Kyverno", Group: "policies.kyverno.io",
			Kinds: map[string]string{"mutatingpolicies": "MutatingPolicy", "namespacedmutatingpolicies": "NamespacedMutatingPolicy"},
			parts: [][]string{{"spec", "mutations"}, {"spec", "variables"}},
		},
		{Name: "Gatekeeper", Group: "mutations.gatekeeper.sh", Kinds: map[string]string{"assign": "Assign", "modifyset": "ModifySet"}, parts: [][]string{{"spec", "location"}}},
	}
}

// Policies reads a list of one of the engine's kinds, as JSON.
func (e *Engine) Policies(resource string, list []byte) ([]EnginePolicy, error) {
	var read struct {
		Items []map[string]any `json:"items"`
	}
	if err := json.Unmarshal(list, &read); err != nil {
		return nil, err
	}
	var out []EnginePolicy
	for _, item := range read.Items {
		meta, _ := item["metadata"].(map[string]any)
		p := EnginePolicy{Engine: e.Name, Kind: e.Kinds[resource]}
		p.Namespace, _ = meta["namespace"].(string)
		p.Name, _ = meta["name"].(string)
		for _, path := range e.parts {
			for _, part := range at(item, path) {
				text, err := json.Marshal(part)
				if err != nil {
					return nil, err
				}
				p.Text += string(text)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// at are the values that a path leads to.
func at(value any, path []string) []any {
	if len(path) == 0 {
		return []any{value}
	}
	if path[0] == "*" {
		list, _ := value.([]any)
		var out []any
		for _, entry := range list {
			out = append(out, at(entry, path[1:])...)
		}
		return out
	}
	object, _ := value.(map[string]any)
	next, ok := object[path[0]]
	if !ok {
		return nil
	}
	return at(next, path[1:])
}
