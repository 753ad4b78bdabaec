package posture

import (
	"context"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// untilEnd leaves out errors once ctx has ended: the election's last request is cut off
// then, and client-go logs that as an error. Its errors come without a stack trace, which
// would be that of the election, whatever happened.
func untilEnd(ctx context.Context, log *zap.Logger) *zap.Logger {
	return log.WithOptions(zap.AddStacktrace(zapcore.FatalLevel), zap.WrapCore(func(core zapcore.Core) zapcore.Core {
		return endingCore{Core: core, ended: func() bool { return ctx.Err() != nil }}
	}))
}

type endingCore struct {
	zapcore.Core
	ended func() bool
}

// With implements zapcore.Core.
func (c endingCore) With(fields []zapcore.Field) zapcore.Core {
	return endingCore{Core: c.Core.With(fields), ended: c.ended}
}

// Check implements zapcore.Core.
func (c endingCore) Check(e zapcore.Entry, to *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if e.Level >= zapcore.ErrorLevel && c.ended() {
		return to
	}
	return c.Core.Check(e, to)
}
