package rollout

import "gonum.org/v1/gonum/mathext"

// Interval returns the bounds of Clopper and Pearson, at 95 %, for the share that lies
// behind a count: the least and the largest share with which lost of all, or something
// farther off, happens in at least 2.5 % of the experiments. The bounds hold for
// independent requests; those of one rollout are not quite.
func Interval(lost, all int64) (low, high float64) {
	const tail = 0.025
	return lower(lost, all, tail), upper(lost, all, tail)
}

// AtMost returns the largest share with which so few losses happen in at least 5 % of
// the experiments: the one-sided bound, for the claim that no more is lost. For no loss
// at all it is close to 3 / all.
func AtMost(lost, all int64) float64 { return upper(lost, all, 0.05) }

func lower(k, n int64, tail float64) float64 {
	if k == 0 {
		return 0
	}
	return mathext.InvRegIncBeta(float64(k), float64(n-k+1), tail)
}

func upper(k, n int64, tail float64) float64 {
	if k == n {
		return 1
	}
	return mathext.InvRegIncBeta(float64(k+1), float64(n-k), 1-tail)
}
