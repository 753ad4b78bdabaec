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
		{Name: "admission", Unknown: true, Says: "you may not ask", Advice: "Ask as another."},
		{Name: "kinds", OK: true, Says: "you may not ask that either", Advice: "Ask as another."},
	})
	const want = `ok       webhook        2 replicas ready
note     mutators       somebody else is called
                        Ask them.
WRONG    configuration  was altered
                        Put it right.
unknown  admission      you may not ask
                        Ask as another.
note     kinds          you may not ask that either
`
	if err != nil || b.String() != want {
		t.Errorf("error %v, got:\n%s", err, b.String())
	}
}

func TestWhatIsNotKnownIsNotWrongAndWhatIsWrongCountsFirst(t *testing.T) {
	fine, wrong, unknown := live.Point{Name: "webhook", OK: true}, live.Point{Name: "serving"}, live.Point{Name: "admission", Unknown: true}
	for name, tt := range map[string]struct {
		points []live.Point
		want   string
	}{
		"all is well":                  {[]live.Point{fine}, ""},
		"something is not known":       {[]live.Point{fine, unknown}, "whether it works is not known: admission could not be looked at"},
		"something is wrong":           {[]live.Point{wrong, fine}, errDiffers.Error()},
		"both":                         {[]live.Point{unknown, wrong}, errDiffers.Error()},
		"one thing is not known twice": {[]live.Point{unknown, unknown}, "whether it works is not known: admission could not be looked at"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := checkCode(tt.points); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
