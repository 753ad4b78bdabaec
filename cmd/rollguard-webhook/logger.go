package main

import (
	"fmt"

	"github.com/go-logr/zapr"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"k8s.io/klog/v2"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
)

// newLogger writes JSON, one line an entry.
func newLogger(level string) (*zap.Logger, error) {
	parsed, err := zapcore.ParseLevel(level)
	if err != nil {
		return nil, fmt.Errorf("flag --log-level: %w", err)
	}
	c := zap.NewProductionConfig()
	c.Level = zap.NewAtomicLevelAt(parsed)
	c.EncoderConfig.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	return c.Build()
}

// collect has the libraries log to ours, so that each line is JSON: client-go logs with
// klog, net/http and others with Go's own log. Their errors come without a stack trace: it
// is that of an informer, whatever happened to it.
func collect(log *zap.Logger) {
	log = log.WithOptions(zap.AddStacktrace(zapcore.FatalLevel))
	// Contextual, or the names of its loggers would come as a second field "logger".
	klog.SetLoggerWithOptions(zapr.NewLogger(log.Named("client-go")), klog.ContextualLogger(true))
	zap.RedirectStdLog(log.Named("log"))
	runtime := log.Named("controller-runtime")
	if log.Level() > zapcore.DebugLevel {
		// It says at each question that a replica is not ready, and not why; pkg/server says it
		// once. Nothing else that we use of it has more to say than warnings.
		runtime = runtime.WithOptions(zap.IncreaseLevel(zapcore.WarnLevel))
	}
	ctrllog.SetLogger(zapr.NewLogger(runtime))
}
