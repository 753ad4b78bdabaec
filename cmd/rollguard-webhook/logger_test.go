package main

import (
	"errors"
	"log"
	"os"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
)

func TestWhatLibrariesLogIsJSONWithoutStackTraces(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	flags := log.Flags()
	t.Cleanup(func() {
		klog.ClearLogger()
		log.SetOutput(os.Stderr)
		log.SetFlags(flags)
	})
	collect(zap.New(core, zap.AddStacktrace(zapcore.ErrorLevel)))
	forbidden := errors.New("forbidden")
	runtime.HandleErrorWithContext(t.Context(), forbidden, "Failed to watch", "reflector", "x")
	log.Print("http: a server of some library complains")
	ctrllog.Log.WithName("healthz").Info("healthz check failed")
	ctrllog.Log.WithName("cache").Error(forbidden, "no cache")
	want := []struct{ logger, message string }{
		{"client-go.UnhandledError", "Failed to watch"},
		{"log", "http: a server of some library complains"},
		{"controller-runtime.cache", "no cache"},
	}
	if logs.Len() != len(want) {
		t.Fatalf("%d entries: %+v", logs.Len(), logs.All())
	}
	for i, e := range logs.All() {
		if e.LoggerName != want[i].logger || e.Message != want[i].message || e.Stack != "" {
			t.Errorf("entry %d: %+v", i, e)
		}
	}
}
