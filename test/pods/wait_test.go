package pods

import (
	"context"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// waitBound is far more than what a test waits for ever takes.
const waitBound = 3 * time.Minute

// eventually waits for something that other processes bring about; what is still wrong
// is told in the end.
func eventually(t *testing.T, what string, wrong func() error) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, waitBound, true, func(context.Context) (bool, error) {
		last = wrong()
		return last == nil, nil
	})
	if err != nil {
		t.Fatalf("not within %s: %s: %v", waitBound, what, last)
	}
}
