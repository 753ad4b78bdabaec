package bench

import (
	"encoding/json"
	"reflect"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
)

// A benchmark of a handler that does not do its work is worth nothing.
func TestEveryHandlerDoesItsWork(t *testing.T) {
	for _, size := range Sizes() {
		s := scenario(t, size)
		for i := range s.Entries {
			entry := &s.Entries[i]
			t.Run(size.Name+"/"+entry.String(), func(t *testing.T) {
				answer, err := ask(entry.Handler, entry.Review)
				if err != nil {
					t.Fatal(err)
				}
				if got := len(answer.Patch) > 0; got != entry.Changes {
					t.Fatalf("patch %s, want one: %v", answer.Patch, entry.Changes)
				}
				if answer.AuditAnnotations["error"] != "" {
					t.Fatalf("the handler failed: %v", answer.AuditAnnotations)
				}
			})
		}
	}
}

func TestDefaulterMakesTheSameChanges(t *testing.T) {
	for _, size := range Sizes() {
		s := scenario(t, size)
		for i := range s.Entries {
			if entry := &s.Entries[i]; entry.Changes {
				t.Run(size.Name+"/"+entry.String(), func(t *testing.T) { s.checkResult(t, entry) })
			}
		}
	}
}

func (s *Scenario) checkResult(t *testing.T, entry *Entry) {
	answer, err := ask(entry.Handler, entry.Review)
	if err != nil {
		t.Fatal(err)
	}
	result, err := patched(s.fresh, answer)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := decoded(t, result), decoded(t, s.completed); !reflect.DeepEqual(got, want) {
		t.Fatalf("the result is\n%s\nand not\n%s", result, s.completed)
	}
}

func TestReviewsHaveTheSizeTheyAreNamedAfter(t *testing.T) {
	want := map[string]int{"3KB": 3_000, "6.4KB": 6_400, "89KB": 89_000}
	for _, size := range Sizes() {
		got, named := len(scenario(t, size).Entries[0].Review), want[size.Name]
		if t.Logf("%s: %d bytes", size.Name, got); got < named*9/10 || got > named*11/10 {
			t.Errorf("the review of size %s has %d bytes", size.Name, got)
		}
	}
}

func scenario(t *testing.T, size Size) *Scenario {
	t.Helper()
	s, err := NewScenario(size)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decoded(t *testing.T, object []byte) *appsv1.Deployment {
	t.Helper()
	out := new(appsv1.Deployment)
	if err := json.Unmarshal(object, out); err != nil {
		t.Fatal(err)
	}
	return out
}
