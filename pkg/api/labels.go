package api

import (
	"fmt"
	"slices"
	"strings"
)

// LabelProblems tells of labels on a Deployment that look like ours and do nothing. The
// only one that does something there is [LabelInject].
func LabelProblems(labels map[string]string) []Problem {
	var out []Problem
	for _, key := range ourKeys(labels) {
		if key == LabelInject {
			continue
		}
		p := Problem{Kind: UnknownKey, Layer: LayerDeployment, Key: key, Value: labels[key]}
		var annotations []string
		for _, a := range Annotations() {
			annotations = append(annotations, a.Key)
		}
		name := strings.TrimPrefix(key, Prefix)
		switch inject := strings.TrimPrefix(LabelInject, Prefix); {
		case slices.Contains(annotations, name):
			p.Kind, p.Message = WrongObject, fmt.Sprintf("label %s has no effect: it is an annotation", key)
		case nearest(name, append(annotations, inject)) == inject:
			p.Message = fmt.Sprintf("label %s is not known and has no effect; did you mean %s?", key, inject)
		case nearest(name, annotations) != "":
			p.Message = fmt.Sprintf("label %s is not known and has no effect; did you mean the annotation %s?", key, nearest(name, annotations))
		default:
			p.Message = fmt.Sprintf("label %s is not known and has no effect", key)
		}
		out = append(out, p)
	}
	return out
}
