package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/api"
)

func TestALabelOfOursThatDoesNothingIsTold(t *testing.T) {
	for label, want := range map[string]string{
		"rollguard.io/inject":   "",
		"app":                   "",
		"example.com/mode":      "",
		"rollguard.io/mode":     "label rollguard.io/mode has no effect: it is an annotation",
		"rollguard.io/injected": "label rollguard.io/injected has no effect: it is an annotation",
		"rollguard.io/injct":    "label rollguard.io/injct is not known and has no effect; did you mean inject?",
		"rollguard.io/max-surg": "label rollguard.io/max-surg is not known and has no effect; did you mean the annotation max-surge?",
		"rollguard.io/team":     "label rollguard.io/team is not known and has no effect",
	} {
		got := ""
		for _, p := range api.LabelProblems(map[string]string{label: "audit", "tier": "web"}) {
			got += p.Message
			if p.Key != label || p.Value != "audit" || p.Layer != api.LayerDeployment {
				t.Errorf("%s: %+v", label, p)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", label, diff)
		}
	}
}
