package filelock

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
)

func TestTryIsExclusive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	for range 2 { // A lock that was released can be taken again.
		lock, err := Try(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Try(path); !errors.Is(err, ErrHeld) {
			t.Errorf("second lock: %v, want that it is held", err)
		}
		if err := lock.Release(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWait(t *testing.T) {
	tests := []struct {
		name string
		// onWait is what happens while Wait waits.
		onWait func(held *Lock, cancel context.CancelFunc) error
		want   error
	}{
		{"holder releases", func(held *Lock, _ context.CancelFunc) error { return held.Release() }, nil},
		{"context ends", func(_ *Lock, cancel context.CancelFunc) error { cancel(); return nil }, context.Canceled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "lock")
			held, err := Try(path)
			if err != nil {
				t.Fatal(err)
			}
			defer held.Release()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			got, err := Wait(ctx, path, func() {
				if err := test.onWait(held, cancel); err != nil {
					t.Error(err)
				}
			})
			if !errors.Is(err, test.want) {
				t.Fatalf("wait: %v, want %v", err, test.want)
			}
			if err == nil {
				got.Release()
			}
		})
	}
}
