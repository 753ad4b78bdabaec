package certs

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// Start implements Source: it reads the files again on every poll and whenever the
// file system announces a change beside them.
func (f *File) Start(ctx context.Context) error {
	ticker := f.options.Clock.NewTicker(f.options.Poll)
	defer ticker.Stop()
	watcher, err := f.watch()
	if err != nil {
		// Some file systems cannot be watched. Polling sees the same, later.
		f.options.Log.Info("certificate files are polled only", "reason", err.Error())
	}
	var events <-chan fsnotify.Event
	var failures <-chan error
	if watcher != nil {
		defer watcher.Close()
		events, failures = watcher.Events, watcher.Errors
	}
	// What changed between NewFile and the watch was announced to nobody.
	f.reload()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C():
		case <-events:
		case err := <-failures:
			// Announcements may have been lost: read, as if there was one.
			f.options.Log.V(1).Info("changes of certificate files may have been missed", "reason", err)
		}
		f.reload()
	}
}

// watch watches the directories of the files and not the files: the kubelet swaps
// a symbolic link in the directory, and the files themselves never change.
func (f *File) watch() (*fsnotify.Watcher, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		watcher.Add(filepath.Dir(f.options.CertFile)),
		watcher.Add(filepath.Dir(f.options.KeyFile)),
	)
	return watcher, err
}
