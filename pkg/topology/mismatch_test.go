package topology_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/rollguard/rollguard/pkg/topology"
)

func TestAFieldOfTheWrongTypeIsSaidWithoutGoTypes(t *testing.T) {
	for text, want := range map[string]string{
		`{"spec": {"serviceRef": []}}`:                      "spec.serviceRef is a list where an object is expected",
		`{"spec": {"targetType": ["ip"]}}`:                  "spec.targetType is a list where a text is expected",
		`{"spec": {"targetType": {}}}`:                      "spec.targetType is an object where a text is expected",
		`{"spec": {"targetType": 7}}`:                       "spec.targetType is a number where a text is expected",
		`{"spec": {"targetType": true}}`:                    "spec.targetType is a truth value where a text is expected",
		`{"spec": "x"}`:                                     "spec is a text where an object is expected",
		`{"metadata": {"generation": 1.5}}`:                 "metadata.generation is the number 1.5 where a whole number is expected",
		`{"metadata": {"finalizers": "x"}}`:                 "metadata.finalizers is a text where a list is expected",
		`{"metadata": {"labels": "x"}}`:                     "metadata.labels is a text where an object is expected",
		`{"metadata": {"deletionGracePeriodSeconds": "x"}}`: "metadata.deletionGracePeriodSeconds is a text where a whole number is expected",
	} {
		err := json.Unmarshal([]byte(text), new(topology.TargetGroupBinding))
		if got, ok := topology.Mismatch(fmt.Errorf("wrapped: %w", err)); got != want || !ok {
			t.Errorf("%s: %q, %t", text, got, ok)
		}
	}
	if _, ok := topology.Mismatch(errors.New("another")); ok {
		t.Error("any error passes for a mismatch")
	}
}
