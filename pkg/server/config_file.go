package server

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/zap"
	"k8s.io/utils/clock"

	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
)

// pollConfig is how often the configuration file is read where the file system announces
// nothing.
const pollConfig = 10 * time.Second

// configFile reads the configuration again when its file changes. A bad file is refused,
// and the configuration that was there stays.
type configFile struct {
	path    string
	current *v1alpha1.WebhookConfiguration
	// apply puts a new configuration to use, refuse tells of a bad one: once for each
	// mistake, not for each look at the file.
	apply  func(*v1alpha1.WebhookConfiguration)
	refuse func(context.Context, error)
	clock  clock.WithTicker
	log    *zap.Logger

	refused string
}

// start watches until ctx ends. Without a file there is nothing to watch.
func (f *configFile) start(ctx context.Context) error {
	if f.path == "" {
		<-ctx.Done()
		return nil
	}
	ticker := f.clock.NewTicker(pollConfig)
	defer ticker.Stop()
	var events <-chan fsnotify.Event
	var failures <-chan error
	if watcher, err := f.watch(); err != nil {
		f.log.Info("the configuration file is polled only", zap.Error(err))
	} else {
		defer watcher.Close()
		events, failures = watcher.Events, watcher.Errors
	}
	f.look(ctx) // what changed since the program began was announced to nobody
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C():
		case <-events:
		case err := <-failures:
			f.log.Warn("announcements about the configuration file may be lost", zap.Error(err))
		}
		f.look(ctx)
	}
}

// watch watches the folder and not the file: a kubelet swaps a symbolic link in it, and
// the file itself never changes.
func (f *configFile) watch() (*fsnotify.Watcher, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	if err := watcher.Add(filepath.Dir(f.path)); err != nil {
		return nil, errors.Join(err, watcher.Close())
	}
	return watcher, nil
}

func (f *configFile) look(ctx context.Context) {
	c, err := config.Load(f.path)
	switch {
	case err != nil && err.Error() == f.refused:
	case err != nil:
		f.refused = err.Error()
		f.log.Error("the configuration file was refused, the one from before stays in use", zap.Error(err))
		f.refuse(ctx, err)
	case f.refused != "" || !reflect.DeepEqual(c, f.current):
		f.refused, f.current = "", c
		f.log.Info("the configuration file was read again")
		f.apply(c)
	}
}
