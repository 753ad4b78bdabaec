package posture

import (
	"context"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestTheElectionLogsNoErrorAfterTheEnd(t *testing.T) {
	core, seen := observer.New(zapcore.InfoLevel)
	ctx, end := context.WithCancel(t.Context())
	log := untilEnd(ctx, zap.New(core)).With(zap.String("lease", "rollguard"))
	log.Error("the Lease cannot be renewed")
	end()
	log.Error("context canceled")
	log.Info("the Lease is given back")
	var got []string
	for _, e := range seen.All() {
		got = append(got, e.Message)
	}
	if len(got) != 2 || got[0] != "the Lease cannot be renewed" || got[1] != "the Lease is given back" {
		t.Errorf("logged %q", got)
	}
}
