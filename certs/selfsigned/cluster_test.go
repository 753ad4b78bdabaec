package selfsigned

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// memoryCluster keeps the two objects as an API server would: it refuses writes
// that are based on an old version, and announces changes. It is for the logic of
// the loop; that a real API server does the same is tested against one.
type memoryCluster struct {
	mu       sync.Mutex
	version  int
	secret   secret
	config   configuration
	history  []moment
	watchers []func()

	// failing, if set, is the answer to the call of that name.
	failing map[string]error
	// before, if set, runs once ahead of the next writeSecret, as a faster writer.
	before func()
}

// moment is a configuration and since when it was.
type moment struct {
	at    time.Time
	hooks []hook
}

func (m *memoryCluster) next() string { m.version++; return strconv.Itoa(m.version) }

func (m *memoryCluster) readSecret(context.Context) (secret, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return secret{m.secret.version, maps.Clone(m.secret.data)}, m.failing["readSecret"]
}

func (m *memoryCluster) writeSecret(_ context.Context, version string, data map[string][]byte) (secret, error) {
	if faster := m.before; faster != nil {
		m.before = nil
		faster()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failing["writeSecret"]; err != nil {
		return secret{}, err
	}
	if version != m.secret.version {
		return secret{}, fmt.Errorf("write secret: %w", errRaced)
	}
	after := maps.Clone(m.secret.data)
	if after == nil {
		after = map[string][]byte{}
	}
	maps.Copy(after, data)
	maps.DeleteFunc(after, func(_ string, v []byte) bool { return v == nil })
	m.secret = secret{m.next(), after}
	m.announce()
	return secret{m.secret.version, maps.Clone(after)}, nil
}

func (m *memoryCluster) readConfiguration(context.Context) (configuration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failing["readConfiguration"]; err != nil {
		return configuration{}, err
	}
	return configuration{known: true, version: m.config.version, hooks: slices.Clone(m.config.hooks)}, nil
}

func (m *memoryCluster) writeBundles(_ context.Context, version string, hooks []hook) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failing["writeBundles"]; err != nil {
		return err
	}
	if version != m.config.version {
		return fmt.Errorf("write bundles: %w", errRaced)
	}
	after := slices.Clone(m.config.hooks)
	for _, h := range hooks {
		at := slices.IndexFunc(after, func(old hook) bool { return old.name == h.name })
		if at < 0 {
			return errors.New("no such webhook " + h.name)
		}
		after[at] = h
	}
	m.configure(after...)
	return nil
}

func (m *memoryCluster) watch(ctx context.Context, changed func()) {
	m.mu.Lock()
	m.watchers = append(m.watchers, changed)
	m.mu.Unlock()
	<-ctx.Done()
}

// configure sets the webhooks. The caller holds the lock.
func (m *memoryCluster) configure(hooks ...hook) {
	m.config = configuration{version: m.next(), hooks: hooks}
	m.history = append(m.history, moment{time.Now(), hooks})
	m.announce()
}

func (m *memoryCluster) announce() {
	for _, changed := range m.watchers {
		changed()
	}
}

// edit changes the objects from outside, as an administrator.
func (m *memoryCluster) edit(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
	m.announce()
}
