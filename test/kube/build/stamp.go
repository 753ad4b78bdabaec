package build

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// recipe counts the changes of how binaries are built that make those built
// before worth building again.
const recipe = 1

// unfinishedPattern names the folders that hold a binary while it is built.
const unfinishedPattern = ".building-*"

// stampFor returns what the stamp file of an up-to-date binary says.
func stampFor(root string, t target) (string, error) {
	version, err := pinnedVersion(filepath.Join(root, t.pins), t.module)
	if err != nil {
		return "", err
	}
	stamp := fmt.Sprintf("%s %s %s/%s recipe %d", t.pkg, version, runtime.GOOS, runtime.GOARCH, recipe)
	if t.tags != "" {
		stamp += " tags " + t.tags
	}
	if t.own {
		sum, err := sourceSum(filepath.Join(root, t.pins))
		if err != nil {
			return "", err
		}
		stamp += " source " + sum
	}
	return stamp + "\n", nil
}

// sourceSum returns a checksum of the Go files of a folder and of what go.sum pins.
func sourceSum(folder string) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return "", fmt.Errorf("find sources: %w", err)
	}
	sum := sha256.New()
	for _, file := range append(files, filepath.Join(folder, "go.sum")) {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("read sources: %w", err)
		}
		fmt.Fprintf(sum, "%s %d\n%s", filepath.Base(file), len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

// stampPath returns the path of the stamp file of t.
func stampPath(out string, t target) string {
	return filepath.Join(out, "."+t.name+".stamp")
}

// install moves a finished binary to its place. The old stamp goes first and
// the new one comes last, so that a crash in between leads to another build and
// never to a binary with the wrong stamp.
func install(r Request, t target, built string) error {
	stamp, err := stampFor(r.Root, t)
	if err != nil {
		return err
	}
	path := stampPath(r.Out, t)
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("remove old stamp: %w", err)
	}
	if err := os.Rename(built, filepath.Join(r.Out, t.name)); err != nil {
		return fmt.Errorf("install binary: %w", err)
	}
	if err := os.WriteFile(path, []byte(stamp), 0o644); err != nil {
		return fmt.Errorf("write stamp: %w", err)
	}
	return nil
}

// removeUnfinished removes what killed builds left in the output folder. The
// caller holds the lock, so no build is under way.
func removeUnfinished(out string) error {
	left, err := filepath.Glob(filepath.Join(out, unfinishedPattern))
	if err != nil {
		return fmt.Errorf("find unfinished builds: %w", err)
	}
	for _, folder := range left {
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("remove unfinished build: %w", err)
		}
	}
	return nil
}
