package bench

import (
	"encoding/json"
	"fmt"
	"net/http"

	admissionv1 "k8s.io/api/admission/v1"
	appsv1 "k8s.io/api/apps/v1"
)

// Entry is one handler with the review that it gets.
type Entry struct {
	// Name is the handler; Write says what the author did, where that is not the usual.
	Name, Write string
	Handler     http.Handler
	Review      []byte
	// Changes says that the answer must hold a patch; the others must hold none.
	Changes bool
}

// String is the name for people and for benchmarks.
func (e *Entry) String() string {
	if e.Write == "" {
		return e.Name
	}
	return e.Name + "-" + e.Write
}

// The writes beside the usual one, which is a new image in a Deployment that was
// never admitted.
const (
	// Admitted is a new image in a Deployment that Rollguard has completed already.
	Admitted = "admitted"
	// Unrelated is a write that leaves the object as it is.
	Unrelated = "unrelated"
)

// Scenario is everything that is measured at one size. The entries of one write stand
// together and begin with the no-op that the others are compared with.
type Scenario struct {
	Size    Size
	Entries []Entry
	// fresh is the Deployment with the new image, and completed is what Rollguard
	// makes of it.
	fresh, completed []byte
}

// NewScenario makes the reviews and the handlers. What the defaulter has to do and
// what an admitted Deployment looks like is what Rollguard answers.
func NewScenario(size Size) (*Scenario, error) {
	versions, err := size.versions("v0", "v1", "v2")
	if err != nil {
		return nil, err
	}
	handler := ours()
	stored, err := admit(handler, versions[0], versions[1])
	if err != nil {
		return nil, err
	}
	s := &Scenario{Size: size, fresh: versions[2]}
	if s.completed, err = admit(handler, versions[1], versions[2]); err != nil {
		return nil, err
	}
	return s, s.enter(handler, versions[1], stored)
}

// enter lists the entries, given the Deployment before the write as its author left
// it and as it is stored once admitted.
func (s *Scenario) enter(handler http.Handler, before, stored []byte) error {
	want := new(appsv1.Deployment)
	if err := json.Unmarshal(s.completed, want); err != nil {
		return fmt.Errorf("decode the completed Deployment: %w", err)
	}
	floor, err := noop()
	if err != nil {
		return err
	}
	usual, err := typed(want)
	if err != nil {
		return err
	}
	fresh, err := review(before, s.fresh)
	if err != nil {
		return err
	}
	admitted, err := review(stored, s.completed)
	if err != nil {
		return err
	}
	unrelated, err := review(stored, stored)
	if err != nil {
		return err
	}
	s.Entries = []Entry{
		{Name: NoOp, Handler: floor, Review: fresh},
		{Name: Rollguard, Handler: handler, Review: fresh, Changes: true},
		{Name: Defaulter, Handler: usual, Review: fresh, Changes: true},
		{Name: NoOp, Write: Admitted, Handler: floor, Review: admitted},
		{Name: Rollguard, Write: Admitted, Handler: handler, Review: admitted},
		{Name: NoOp, Write: Unrelated, Handler: floor, Review: unrelated},
		{Name: Rollguard, Write: Unrelated, Handler: handler, Review: unrelated},
	}
	return nil
}

func (s Size) versions(tags ...string) ([][]byte, error) {
	out := make([][]byte, len(tags))
	for i, tag := range tags {
		var err error
		if out[i], err = json.Marshal(s.deployment(tag)); err != nil {
			return nil, fmt.Errorf("encode the Deployment: %w", err)
		}
	}
	return out, nil
}

// admit is what an API server stores after the handler has answered an update.
func admit(handler http.Handler, before, after []byte) ([]byte, error) {
	body, err := review(before, after)
	if err != nil {
		return nil, err
	}
	answer, err := ask(handler, body)
	if err != nil {
		return nil, err
	}
	return patched(after, answer)
}

func ask(handler http.Handler, review []byte) (*admissionv1.AdmissionResponse, error) {
	call, err := NewCall(handler, review)
	if err != nil {
		return nil, err
	}
	return Answer(call.Do())
}
