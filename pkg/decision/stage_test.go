package decision_test

import (
	"errors"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/decision"
)

func TestThePatchIsProvenOnAFreshCopy(t *testing.T) {
	parse := func(text string) func() (*fastjson.Value, error) {
		return func() (*fastjson.Value, error) { return fastjson.Parse(text) }
	}
	for name, tc := range map[string]struct {
		fresh func() (*fastjson.Value, error)
		stage decision.Stage
	}{
		"the copy cannot be had":            {parse(`{`), decision.StageProve},
		"the patch does not apply to it":    {parse(`{"spec":{}}`), decision.StageProve},
		"the result would not be valid":     {parse(`{"metadata":{},"spec":{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1}},"template":{"spec":{"containers":[{}]}}}}`), decision.StageVerify},
		"the result could not be read back": {parse(`{"metadata":{},"spec":{"replicas":"x","strategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":1}},"template":{"spec":{"containers":[{}]}}}}`), decision.StageVerify},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := maker().Make(&decision.Request{
				Parsed: &decision.Parsed{New: fastjson.MustParse(bare), Fresh: tc.fresh},
				Graph:  behind(""), NativeSleep: true,
			})
			var failure *decision.Error
			if !errors.As(err, &failure) || failure.Stage != tc.stage {
				t.Errorf("error %v, want stage %s", err, tc.stage)
			}
			if len(d.Patch) > 0 {
				t.Errorf("patch %+v", d.Patch)
			}
		})
	}
}
