package selfsigned

import (
	"context"
	"errors"
)

// errRaced is in the error of a write that somebody else was faster with. The
// remedy is to read again.
var errRaced = errors.New("somebody else wrote first")

// secret is what matters of the Secret.
type secret struct {
	// version is its resourceVersion, empty when it is absent.
	version string
	data    map[string][]byte
}

// cluster is what the source needs of an API server. Absence is not an error of
// the two reads. The errors name the object.
type cluster interface {
	// readSecret returns the Secret, or the zero value when there is none.
	readSecret(context.Context) (secret, error)
	// writeSecret sets the fields of data, and removes those that are nil, in
	// the Secret of the given version; without version it creates the Secret.
	writeSecret(ctx context.Context, version string, data map[string][]byte) (secret, error)
	// readConfiguration returns the configuration, without hooks if there is none.
	readConfiguration(context.Context) (configuration, error)
	// writeBundles sets the bundles of the given hooks in the configuration of
	// the given version.
	writeBundles(ctx context.Context, version string, hooks []hook) error
	// watch calls changed after every change of either object, until ctx ends.
	watch(ctx context.Context, changed func())
}
