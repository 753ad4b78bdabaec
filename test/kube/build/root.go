package build

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// modulePath is the first line of the go.mod at the root of the repository.
const modulePath = "module github.com/rollguard/rollguard\n"

// FindRoot returns the root folder of the repository that holds dir: the
// nearest folder upwards with Rollguard's go.mod. Go runs a test in the folder
// of its package, so "." does for tests too.
func FindRoot(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find repository root: %w", err)
	}
	for at := start; ; at = filepath.Dir(at) {
		text, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("find repository root: %w", err)
		}
		if bytes.HasPrefix(text, []byte(modulePath)) {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("no folder from %s upwards has Rollguard's go.mod", start)
		}
	}
}
