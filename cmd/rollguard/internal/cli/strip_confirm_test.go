package cli

import (
	"strings"
	"testing"
)

func TestNothingButYesAgrees(t *testing.T) {
	for answer, want := range map[string]struct {
		agreed bool
		out    string
	}{
		"y\n":        {true, "Remove it? [y/N] "},
		"YES\r\n":    {true, "Remove it? [y/N] "},
		"n\n":        {false, "Remove it? [y/N] "},
		"\n":         {false, "Remove it? [y/N] "},
		"y please\n": {false, "Remove it? [y/N] "},
		"":           {false, "Remove it? [y/N] \n"},
	} {
		var out strings.Builder
		if got := agreed(strings.NewReader(answer), &out, "Remove it?"); got != want.agreed || out.String() != want.out {
			t.Errorf("%q: %v, %q", answer, got, out.String())
		}
	}
}

func TestTheQuestionCountsWhatChangesAndRolls(t *testing.T) {
	for want, n := range map[string][2]int{
		"1 Deployment, which rolls by that":  {1, 1},
		"1 Deployment, which does not roll":  {1, 0},
		"2 Deployments, of which none rolls": {2, 0},
		"2 Deployments, of which 1 rolls":    {2, 1},
		"3 Deployments, of which 3 roll":     {3, 3},
	} {
		if got := changing(n[0], n[1]); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
