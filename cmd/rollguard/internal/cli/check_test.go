package cli

import (
	"strings"
	"testing"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
)

func TestEachPointIsOneLineAndItsAdviceAnother(t *testing.T) {
	var b strings.Builder
	err := printPoints(&b, []live.Point{
		{Name: "webhook", OK: true, Says: "2 replicas ready"},
		{Name: "mutators", OK: true, Says: "somebody else is called", Advice: "Ask them."},
		{Name: "configuration", Says: "was altered", Advice: "Put it right."},
	})
	const want = `ok     webhook        2 replicas ready
note   mutators       somebody else is called
                      Ask them.
WRONG  configuration  was altered
                      Put it right.
`
	if err != nil || b.String() != want {
		t.Errorf("error %v, got:\n%s", err, b.String())
	}
}
