package sequence

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
)

// World holds the two copies of the Deployment.
type World interface {
	Guarded() Store
	Shadow() Store
	// Surround changes what is around the guarded copy; seen tells whether the webhook
	// sees the writes that follow.
	Surround(around Surroundings, seen bool) error
	// Ask puts the posture loop's question about the guarded copy as it is stored.
	Ask(stored *appsv1.Deployment, question policy.Survey) (decision.Decision, error)
}

// Store holds one Deployment, and nothing at first.
type Store interface {
	// Try is a dry run: what would be stored. An error is a refusal, or [ErrBroken].
	Try(w Write) (*appsv1.Deployment, error)
	// Keep does a write that was tried.
	Keep(w Write) (*appsv1.Deployment, error)
}

// ErrBroken marks errors of a store that are a failure whatever the shadow says.
var ErrBroken = errors.New("broken")

// FailureError is a broken promise.
type FailureError struct {
	Sequence Sequence
	// Step is the number of the step that failed, from 0.
	Step int
	Err  error
}

func (f *FailureError) Error() string {
	lines := []string{fmt.Sprintf("seed %d, native sleep %t, assume service %t; %s", f.Sequence.Seed, f.Sequence.NativeSleep, f.Sequence.AssumeService, f.Sequence.Around)}
	for i, s := range f.Sequence.Steps[:f.Step+1] {
		lines = append(lines, fmt.Sprintf("%3d %s", i, s))
	}
	return strings.Join(append(lines, f.Err.Error()), "\n")
}

// Unwrap is the promise that was broken.
func (f *FailureError) Unwrap() error { return f.Err }

// run is one sequence on its way.
type run struct {
	world    World
	around   Surroundings
	seen     bool
	manifest object
	copies
	// disowned is set while the record does not tell any more what of the stored template
	// is ours, as an author edited it or an undo that we did not see replaced it.
	disowned bool
	// claimed is set while last-applied has what an undo took out of the template.
	claimed   bool
	revisions []revision
	stats     Stats
}

// copies are what is stored.
type copies struct{ guarded, shadow *appsv1.Deployment }

// Stats tell what a run consisted of.
type Stats struct {
	// Writes were stored; Rollouts of them changed the author's Pod template.
	Writes, Rollouts int
	// Refused writes were invalid without Rollguard too, or met an absent webhook.
	Refused int
	// Repairs were asked for by the posture loop; Rolled of them changed the Pod template.
	Repairs, Rolled int
}

// Plus adds up.
func (s Stats) Plus(more Stats) Stats {
	return Stats{
		Writes: s.Writes + more.Writes, Rollouts: s.Rollouts + more.Rollouts, Refused: s.Refused + more.Refused,
		Repairs: s.Repairs + more.Repairs, Rolled: s.Rolled + more.Rolled,
	}
}

func (s Stats) String() string {
	return fmt.Sprintf("%d writes, %d of them rollouts; %d refused without Rollguard too; %d of the writes are repairs, of which %d roll", s.Writes, s.Rollouts, s.Refused, s.Repairs, s.Rolled)
}

// Run does the steps of a sequence and checks every promise after each.
func Run(w World, s Sequence) (Stats, *FailureError) {
	r := &run{world: w, around: s.Around, manifest: manifest()}
	r.seen = !r.around.Labelled // so that the first step says it
	for i, step := range s.Steps {
		if err := r.step(step); err != nil {
			return r.stats, &FailureError{Sequence: s, Step: i, Err: err}
		}
	}
	return r.stats, nil
}

// manifest is the Deployment that its author begins with.
func manifest() object {
	return object{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": object{"name": "web", "labels": object{"app": "web"}},
		"spec": object{
			"replicas": int64(8), "selector": object{"matchLabels": object{"app": "web"}},
			"template": object{
				"metadata": object{"labels": object{"app": "web"}},
				"spec": object{"containers": []any{
					object{"name": "app", "image": "app:1", "ports": []any{object{"name": "http", "containerPort": int64(8080)}}},
					object{"name": "log", "image": "log:1"},
				}},
			},
		},
	}
}

func (r *run) step(s Step) error {
	if s.Around != nil {
		r.around = *s.Around
		return r.look(r.around.Labelled)
	}
	if s.Looks {
		return r.posture()
	}
	if s.Undo > 0 && s.Undo >= len(r.revisions) {
		return nil
	}
	if err := r.look(r.around.Labelled && !s.Absent); err != nil {
		return err
	}
	before := r.copies
	next, writes, err := r.plan(s)
	if err != nil {
		return err
	}
	tried, err := r.try(writes)
	if err != nil || tried.shadow == nil {
		return err
	}
	if r.copies, err = r.keep(writes); err != nil {
		return err
	}
	if err := same(tried.guarded, r.guarded); err != nil {
		return fmt.Errorf("the write is not what its dry run was: %w", err)
	}
	err = r.check(s, before)
	r.remember(s, before, next)
	return err
}

func (r *run) look(seen bool) error {
	r.seen = seen
	return r.world.Surround(r.around, seen)
}

// writes are the requests for the two copies.
type writes struct{ guarded, shadow Write }

// plan is the author's next manifest and how he brings it to both copies.
func (r *run) plan(s Step) (object, writes, error) {
	if s.Undo > 0 {
		to := r.revisions[len(r.revisions)-1-s.Undo]
		return to.manifest, writes{undo(r.guarded, to.guarded), undo(r.shadow, to.shadow)}, nil
	}
	s.Changes = r.possible(s.Changes)
	in := intent{changes: s.Changes, before: r.manifest, after: changed(r.manifest, s.Changes)}
	if s.Tampers {
		in.after = r.manifest
	}
	guarded, err := s.Manner.write(in, r.guarded)
	if err != nil {
		return nil, writes{}, err
	}
	shadow, err := s.Manner.write(in, r.shadow)
	return in.after, writes{guarded, shadow}, err
}

// possible leaves out that somebody takes away what he has not written where Rollguard
// cannot put it back: it does not see the write, or it is not ours, and an empty
// lifecycle would remain.
func (r *run) possible(changes []Change) []Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool {
		return c.Value == nil && value(r.manifest, c.Path) == nil && !r.seen || r.guesses(c)
	})
}

// guesses tells whether somebody writes the grace period that mode enforce has put in the
// place of his own already. Nobody can tell that he wrote it.
func (r *run) guesses(c Change) bool {
	return r.guarded != nil && corrected(r.copies) && c.Path[len(c.Path)-1] == "terminationGracePeriodSeconds" &&
		string(encode(c.Value)) == string(encode(r.guarded.Spec.Template.Spec.TerminationGracePeriodSeconds))
}

func (r *run) keep(w writes) (copies, error) {
	shadow, err := r.world.Shadow().Keep(w.shadow)
	if err != nil {
		return copies{}, err
	}
	guarded, err := r.world.Guarded().Keep(w.guarded)
	return copies{guarded, shadow}, err
}
