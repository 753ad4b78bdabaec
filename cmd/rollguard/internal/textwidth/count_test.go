package textwidth

import "testing"

func TestOneIsCountedWithoutAnS(t *testing.T) {
	for want, n := range map[string]int{"0 Pods": 0, "1 Pod": 1, "2 Pods": 2, "-1 Pods": -1} {
		if got := Count(n, "Pod"); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
