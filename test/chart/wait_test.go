package chart

import (
	"context"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
)

// eventually waits for something that other processes bring about.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, 20*time.Second, true, func(context.Context) (bool, error) {
		return is(), nil
	})
	if err != nil {
		t.Fatalf("not within 20 s: %s", what)
	}
}

// finalize does what the namespace controller would, of which there is none here:
// namespaces that are being deleted go. Their content was deleted one by one.
func finalize(ctx context.Context, t *testing.T) {
	t.Helper()
	namespaces := world.clients.CoreV1().Namespaces()
	list, err := namespaces.List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list.Items {
		if n.DeletionTimestamp == nil {
			continue
		}
		n.Spec.Finalizers = nil
		if _, err := namespaces.Finalize(ctx, &n, metav1.UpdateOptions{}); err != nil {
			t.Error(err)
		}
	}
}
