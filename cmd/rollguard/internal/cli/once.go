package cli

import (
	"fmt"
	"path/filepath"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
	"github.com/rollguard/rollguard/pkg/manifest"
)

// once leaves out files that were read before, as a folder and a file in it were named, and
// says so: an object that is there twice would count twice.
func once(files []*manifest.File) ([]*manifest.File, []string) {
	seen := map[string]bool{}
	var out, again []*manifest.File
	for _, f := range files {
		key := f.Name
		if absolute, err := filepath.Abs(filepath.FromSlash(f.Name)); err == nil {
			key = absolute
		}
		if seen[key] {
			again = append(again, f)
			continue
		}
		seen[key] = true
		out = append(out, f)
	}
	switch len(again) {
	case 0:
		return out, nil
	case 1:
		return out, []string{again[0].Name + " is named twice and counts once"}
	}
	return out, []string{fmt.Sprintf("%s are named twice and count once, %s for one", textwidth.Count(len(again), "file"), again[0].Name)}
}
