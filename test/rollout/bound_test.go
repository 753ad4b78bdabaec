package rollout

import (
	"math"
	"testing"
)

func TestBoundsAreThoseOfClopperAndPearson(t *testing.T) {
	// From published tables, and for 0 and n of n from the closed form.
	tests := []struct {
		lost, all int64
		low, high float64
	}{
		{0, 10, 0, 0.3085},
		{1, 10, 0.0025, 0.4450},
		{5, 10, 0.1871, 0.8129},
		{10, 10, 0.6915, 1},
		{10, 100, 0.0490, 0.1762},
		{0, 300000, 0, 1 - math.Pow(0.025, 1.0/300000)},
		{0, 0, 0, 1},
	}
	for _, test := range tests {
		low, high := Interval(test.lost, test.all)
		if math.Abs(low-test.low) > 5e-5 || math.Abs(high-test.high) > 5e-5 {
			t.Errorf("%d of %d: %.6f to %.6f, want %.4f to %.4f", test.lost, test.all, low, high, test.low, test.high)
		}
	}
}

func TestNoLossProvesTheRuleOfThree(t *testing.T) {
	for _, all := range []int64{10, 1000, 300000} {
		want := 1 - math.Pow(0.05, 1/float64(all))
		if got := AtMost(0, all); math.Abs(got/want-1) > 1e-6 {
			t.Errorf("0 of %d: at most %g, want %g", all, got, want)
		}
	}
	if got := AtMost(0, 300000); got > 1e-5 {
		t.Errorf("0 of 300,000 proves %g, want less than 1 in 100,000", got)
	}
	if got := AtMost(10, 10); got != 1 {
		t.Errorf("10 of 10: at most %g, want 1", got)
	}
}
