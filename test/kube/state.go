package kube

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rollguard/rollguard/test/kube/filelock"
)

// temporaryPattern names the state folders that Start makes itself.
const temporaryPattern = "rollguard-kube-*"

// sweepAge protects a folder that another Start has just made and not locked
// yet from being taken for one that a killed program left.
const sweepAge = time.Minute

// lockBound is how long openState waits for the lock: that of a killed program
// is free only when its last thread is gone, a moment after its children are.
const lockBound = 2 * time.Second

// state is the folder of one control plane, locked while it is in use.
type state struct {
	dir       string
	temporary bool // made by Start, to be removed by Stop
	lock      *filelock.Lock
}

// openState locks the state folder dir, ends the processes an earlier run left
// there and removes its data. An empty dir means a new temporary folder.
func openState(ctx context.Context, dir string) (*state, error) {
	s := &state{dir: dir, temporary: dir == ""}
	var err error
	if s.temporary {
		sweepTemporary()
		s.dir, err = os.MkdirTemp("", temporaryPattern)
	} else if s.dir, err = filepath.Abs(dir); err == nil {
		err = os.MkdirAll(s.dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("make state folder: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, lockBound)
	defer cancel()
	if s.lock, err = filelock.Wait(ctx, s.path("lock"), func() {}); err != nil {
		if errors.Is(err, filelock.ErrHeld) {
			return nil, fmt.Errorf("another control plane runs in %s: %w", s.dir, err)
		}
		return nil, fmt.Errorf("lock state folder: %w", err)
	}
	if err := s.reset(); err != nil {
		// The folder stays as it is: it names the processes that would not end.
		return nil, errors.Join(err, s.lock.Release())
	}
	return s, nil
}

// path returns the path of an entry of the folder.
func (s *state) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

// reset ends leftover processes and brings the folder into the state in which a
// control plane starts: everything this package puts there is empty.
func (s *state) reset() error {
	if err := endLeftovers(s.dir); err != nil {
		return err
	}
	for _, name := range []string{"data", "pki", "pids", "logs"} {
		if err := os.RemoveAll(s.path(name)); err != nil {
			return fmt.Errorf("remove earlier state: %w", err)
		}
		if err := os.MkdirAll(s.path(name), 0o700); err != nil {
			return fmt.Errorf("make state folder: %w", err)
		}
	}
	return nil
}

// close removes the folder where Start made it, otherwise all but the logs, and
// gives the lock back.
func (s *state) close() error {
	var errs []error
	if s.temporary {
		errs = append(errs, os.RemoveAll(s.dir))
	} else {
		for _, name := range []string{"data", "pki", "pids"} {
			errs = append(errs, os.RemoveAll(s.path(name)))
		}
	}
	errs = append(errs, s.lock.Release())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("remove state folder: %w", err)
	}
	return nil
}

// sweepTemporary removes the temporary state folders of killed programs, so
// that interrupted test runs do not fill the disk. It is best effort: a folder
// that is in use, too young or somebody else's stays.
func sweepTemporary() {
	folders, err := filepath.Glob(filepath.Join(os.TempDir(), temporaryPattern))
	if err != nil {
		return
	}
	for _, dir := range folders {
		info, err := os.Lstat(filepath.Join(dir, "lock"))
		if err != nil || !info.Mode().IsRegular() || time.Since(info.ModTime()) < sweepAge {
			continue
		}
		lock, err := filelock.Try(filepath.Join(dir, "lock"))
		if err != nil {
			continue
		}
		if endLeftovers(dir) == nil {
			os.RemoveAll(dir)
		}
		lock.Release()
	}
}
