package sequence_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	"github.com/google/go-cmp/cmp"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	appsv1 "k8s.io/api/apps/v1"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/test/sequence"
)

// world is a simulated API server with the decision core behind it.
type world struct {
	guarded, shadow *store
}

func newWorld(s *server, q sequence.Sequence) *world {
	resolver := api.NewResolver(nil, api.DefaultBounds())
	hook := &webhook{maker: decision.NewMaker(resolver)}
	hook.around.NativeSleep, hook.around.AssumeService = q.NativeSleep, q.AssumeService
	return &world{guarded: &store{server: s, webhook: hook}, shadow: &store{server: s}}
}

func (w *world) Guarded() sequence.Store { return w.guarded }
func (w *world) Shadow() sequence.Store  { return w.shadow }

func (w *world) Surround(around sequence.Surroundings, seen bool) error {
	w.guarded.webhook.seen = seen
	w.guarded.webhook.around.Namespace = around.NamespaceAnnotations()
	w.guarded.webhook.around.Graph = around.Graph("shop")
	return nil
}

func (w *world) Ask(stored *appsv1.Deployment, question policy.Survey) (decision.Decision, error) {
	request := w.guarded.webhook.around
	request.Survey = question
	var err error
	if request.New, err = json.Marshal(stored); err != nil {
		return decision.Decision{}, err
	}
	return w.guarded.webhook.maker.Make(&request)
}

// store is one stored Deployment; webhook is nil for the shadow.
type store struct {
	server  *server
	webhook *webhook
	stored  *appsv1.Deployment
	tried   *appsv1.Deployment
	// version counts the writes.
	version int
}

// Keep stores what was tried: nothing can have changed in between.
func (s *store) Keep(sequence.Write) (*appsv1.Deployment, error) {
	s.stored = s.tried
	s.version++
	s.stored.ResourceVersion = strconv.Itoa(s.version)
	return s.stored, nil
}

func (s *store) Try(w sequence.Write) (d *appsv1.Deployment, err error) {
	defer func() { s.tried = d }()
	sent, err := s.server.submit(s.stored, w)
	if err != nil {
		return nil, fmt.Errorf("%w: the simulated server fails: %w", sequence.ErrBroken, err)
	}
	if s.webhook == nil || !s.webhook.seen {
		return sent, validate(sent)
	}
	if d, err = s.webhook.admit(sent, s.stored); err != nil {
		return nil, err
	}
	refused := validate(d)
	if refused != nil && validate(sent) == nil {
		return nil, fmt.Errorf("%w: what came is valid, and what Rollguard makes of it is not: %w", sequence.ErrBroken, refused)
	}
	return d, refused
}

// webhook is the decision core.
type webhook struct {
	maker  *decision.Maker
	around decision.Request
	seen   bool
}

// admit changes what is sent. As an API server may call a webhook again, after
// others, it must have nothing to say to its own answer.
func (h *webhook) admit(sent, stored *appsv1.Deployment) (*appsv1.Deployment, error) {
	d, err := h.once(sent, stored)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", sequence.ErrBroken, err)
	}
	again, err := h.once(d, stored)
	if err != nil {
		return nil, fmt.Errorf("%w: called again: %w", sequence.ErrBroken, err)
	}
	if !reflect.DeepEqual(d.Spec, again.Spec) {
		return nil, fmt.Errorf("%w: called again with its own answer, Rollguard changes it:\n%s", sequence.ErrBroken, cmp.Diff(d.Spec, again.Spec))
	}
	return d, nil
}

func (h *webhook) once(sent, stored *appsv1.Deployment) (*appsv1.Deployment, error) {
	request := h.around
	var err error
	if request.New, err = json.Marshal(sent); err != nil {
		return nil, err
	}
	if stored != nil {
		if request.Old, err = json.Marshal(stored); err != nil {
			return nil, err
		}
	}
	made, err := h.maker.Make(&request)
	if err != nil || len(made.Patch) == 0 {
		return sent, err
	}
	text, err := patch.Marshal(made.Patch)
	if err != nil {
		return nil, err
	}
	operations, err := jsonpatch.DecodePatch(text)
	if err != nil {
		return nil, err
	}
	out, err := operations.Apply(request.New)
	if err != nil {
		return nil, err
	}
	d, err := typed(json.RawMessage(out))
	if err == nil {
		withDefaults(d)
	}
	return d, err
}
