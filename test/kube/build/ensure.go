package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rollguard/rollguard/test/kube/filelock"
)

// Request says which binaries are wanted and where they are kept.
type Request struct {
	Root   string    // the root of the repository, see FindRoot
	Out    string    // the folder for the binaries; empty means bin/kube under Root
	Assets string    // a folder of binaries that win over Out, as envtest's KUBEBUILDER_ASSETS; may be empty
	Names  []string  // which binaries; empty means Default
	Log    io.Writer // where progress is told; nil means nowhere
}

// Binaries maps the name of a binary, such as kube-apiserver, to its path.
type Binaries map[string]string

// lockName is the file in the output folder that the one builder locks.
const lockName = ".lock"

// Ensure returns the paths of the wanted binaries and first builds those that
// are missing or of another version than the pinned one, which takes minutes.
// Only one process builds at a time; others wait for it and use what it built.
// It fails when a name is unknown, Assets lacks a binary, the build fails (the
// error then ends with the compiler's last lines) or ctx ends.
func Ensure(ctx context.Context, r Request) (Binaries, error) {
	r, err := r.withDefaults()
	if err != nil {
		return nil, err
	}
	wanted, err := selectTargets(r.Names)
	if err != nil {
		return nil, err
	}
	found := Binaries{}
	var own []target
	for _, t := range wanted {
		if r.Assets == "" || !t.asset {
			own = append(own, t)
			continue
		}
		path := filepath.Join(r.Assets, t.name)
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("KUBEBUILDER_ASSETS is set, so %s must be there: %w", t.name, err)
		}
		found[t.name] = path
	}
	if err := buildMissing(ctx, r, own); err != nil {
		return nil, err
	}
	for _, t := range own {
		found[t.name] = filepath.Join(r.Out, t.name)
	}
	return found, nil
}

// withDefaults fills what the caller left empty and makes folders absolute, as
// the binaries are later run from other folders.
func (r Request) withDefaults() (Request, error) {
	if len(r.Names) == 0 {
		r.Names = Default()
	}
	if r.Log == nil {
		r.Log = io.Discard
	}
	if r.Out == "" {
		r.Out = filepath.Join(r.Root, "bin", "kube")
	}
	var err error
	if r.Out, err = filepath.Abs(r.Out); err != nil {
		return r, fmt.Errorf("output folder: %w", err)
	}
	if r.Assets != "" {
		if r.Assets, err = filepath.Abs(r.Assets); err != nil {
			return r, fmt.Errorf("assets folder: %w", err)
		}
	}
	return r, nil
}

// buildMissing builds those of the targets that are not there yet.
func buildMissing(ctx context.Context, r Request, own []target) error {
	missing, err := missingTargets(r, own)
	if err != nil || len(missing) == 0 {
		return err
	}
	if err := os.MkdirAll(r.Out, 0o755); err != nil {
		return fmt.Errorf("make output folder: %w", err)
	}
	lock, err := filelock.Wait(ctx, filepath.Join(r.Out, lockName), func() {
		fmt.Fprintf(r.Log, "Another process builds in %s: waiting for it.\n", r.Out)
	})
	if err != nil {
		return err
	}
	defer lock.Release()
	// Whoever held the lock until now may have built them.
	missing, err = missingTargets(r, own)
	if err != nil || len(missing) == 0 {
		return err
	}
	if err := removeUnfinished(r.Out); err != nil {
		return err
	}
	announce(r, missing)
	for i, t := range missing {
		job := job{request: r, target: t, position: i + 1, count: len(missing)}
		if err := job.run(ctx); err != nil {
			return fmt.Errorf("build %s: %w", t.name, err)
		}
	}
	return nil
}

// missingTargets returns the targets that have no binary of the pinned version.
func missingTargets(r Request, own []target) ([]target, error) {
	var missing []target
	for _, t := range own {
		want, err := stampFor(r.Root, t)
		if err != nil {
			return nil, err
		}
		have, err := os.ReadFile(stampPath(r.Out, t))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("read stamp of %s: %w", t.name, err)
		}
		_, err = os.Stat(filepath.Join(r.Out, t.name))
		if err != nil || string(have) != want {
			missing = append(missing, t)
		}
	}
	return missing, nil
}

// announce tells which binaries are built and how long that may take.
func announce(r Request, missing []target) {
	names := make([]string, len(missing))
	for i, t := range missing {
		names[i] = t.name
	}
	fmt.Fprintf(r.Log, "Building %s into %s, once: about %s on 2 cores, less with a warm build cache.\n",
		strings.Join(names, ", "), r.Out, minutes(totalMinutes(missing)))
	if slices.Contains(names, "kube-apiserver") {
		fmt.Fprintln(r.Log, "To use binaries you have, set KUBEBUILDER_ASSETS to their folder.")
	}
}
