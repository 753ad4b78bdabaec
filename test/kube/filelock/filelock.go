package filelock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// ErrHeld says that another holder has the lock.
var ErrHeld = errors.New("lock is held")

// pollInterval is how often Wait asks again. flock has no wait with a deadline
// that a context could end.
const pollInterval = 50 * time.Millisecond

// Lock is a lock that is held until Release or the end of the process.
type Lock struct {
	file *os.File
}

// Try takes the lock on the file at path, which it makes where it is missing.
// It returns an error that is ErrHeld when another holder has it, in this
// process or another.
func Try(path string) (*Lock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &Lock{file: file}, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("%s: %w", path, ErrHeld)
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

// Wait takes the lock as Try does and waits while another holder has it, until
// ctx ends; the error is then ErrHeld and the cause of ctx's end. It calls onWait
// once when it has to wait.
func Wait(ctx context.Context, path string, onWait func()) (*Lock, error) {
	lock, err := Try(path)
	if !errors.Is(err, ErrHeld) {
		return lock, err
	}
	onWait()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s: %w: %w", path, ErrHeld, context.Cause(ctx))
		case <-ticker.C:
		}
		lock, err := Try(path)
		if !errors.Is(err, ErrHeld) {
			return lock, err
		}
	}
}

// Release gives the lock back. The file stays: removing it would let two
// holders lock two different files of the same name.
func (l *Lock) Release() error {
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("release lock %s: %w", l.file.Name(), err)
	}
	return nil
}
