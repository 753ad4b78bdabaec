package posture

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
)

// faulty decides nothing: it fails, or panics where it has no error.
type faulty struct{ err error }

func (f *faulty) Make(*decision.Request) (decision.Decision, error) {
	if f.err == nil {
		panic("a bug")
	}
	return decision.Decision{}, f.err
}

type newKubernetes struct {
	Cluster
	look error
}

func (c *newKubernetes) Look(context.Context, string) (decision.Namespace, error) {
	return decision.Namespace{}, c.look
}

func (*newKubernetes) NativeSleep() bool { return true }

type noRecorder struct{}

func (noRecorder) Deployments(map[Kind]int) {}

func (noRecorder) Repair(string) {}

func (noRecorder) Leads(bool) {}

func (noRecorder) Unread(int) {}

func TestADeploymentThatCannotBeDecidedIsLoggedOncePerReason(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	f := &faulty{}
	term := &term{Loop: New(Options{Decider: f, Cluster: &newKubernetes{}, Log: zap.New(core, zap.AddStacktrace(zap.ErrorLevel))}), tally: newTally()}
	for _, cause := range []error{errors.New("no sense"), errors.New("no sense"), errors.New("no sense"), errors.New("another"), nil, nil} {
		f.err = cause
		v := &survey{term: term, name: "shop", counts: map[Kind]int{}, notes: map[string]note{}}
		v.consider(t.Context(), fastjson.MustParse(`{"metadata":{"namespace":"shop","name":"web","uid":"u"}}`))
		if v.counts[Kind{State: policy.Undecided}] != 1 {
			t.Errorf("counts %v", v.counts)
		}
		term.tally.put("shop", v.counts, v.notes)
	}
	want := []string{"no sense", "another", "panic: a bug"}
	if logs.Len() != len(want) {
		t.Fatalf("logged %d times: %+v", logs.Len(), logs.All())
	}
	for i, e := range logs.All() {
		fields := e.ContextMap()
		if fields["error"] != want[i] || fields["namespace"] != "shop" || fields["name"] != "web" || e.Stack != "" {
			t.Errorf("entry %d: %+v", i, e)
		}
	}
}

func TestANamespaceThatCannotBeLookedAtIsLoggedOncePerReason(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	c := &newKubernetes{}
	term := &term{
		Loop:  New(Options{Cluster: c, Recorder: noRecorder{}, Log: zap.New(core), Excluded: func(string) bool { return false }}),
		tally: newTally(), troubles: map[string]string{},
	}
	forbidden := errors.New("forbidden")
	for _, cause := range []error{forbidden, forbidden, forbidden, errors.New("another"), nil, forbidden} {
		c.look = cause
		after := term.attempt(t.Context(), "shop")
		if (after == retryAfter) != (cause != nil) {
			t.Errorf("%v: again after %s", cause, after)
		}
	}
	var said []any
	for _, e := range logs.All() {
		said = append(said, e.ContextMap()["error"])
	}
	if diff := cmp.Diff([]any{"forbidden", "another", "forbidden"}, said); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
