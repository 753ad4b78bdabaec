package server

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
)

func TestAReplicaSaysOnceWhyItIsNotReady(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	var state error
	check := logged(map[string]healthz.Checker{"caches": func(*http.Request) error { return state }}, zap.New(core))["caches"]
	filling := errors.New("the caches are still being filled")
	for _, state = range []error{nil, filling, filling, filling, nil, nil, filling} {
		if err := check(nil); !errors.Is(err, state) {
			t.Errorf("the check says %v, not %v", err, state)
		}
	}
	var said []any
	for _, e := range logs.All() {
		said = append(said, e.Message, e.ContextMap()["check"])
	}
	const not, again = "this replica is not ready", "this replica is ready as far as this check goes"
	if diff := cmp.Diff([]any{not, "caches", again, "caches", not, "caches"}, said); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
