package manifest

import (
	"io/fs"
	"path"
)

// Chart is the folder, at or below name, that is a Helm chart: its templates are no manifests
// before helm has read them. It is "" where there is none. What cannot be read is left for
// [ReadPath] to say.
func Chart(fsys fs.FS, name string) string {
	found := ""
	_ = fs.WalkDir(fsys, name, func(at string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fs.SkipDir
		case entry.IsDir() || entry.Name() != "Chart.yaml":
			return nil
		}
		folder := path.Dir(at)
		if info, err := fs.Stat(fsys, path.Join(folder, "templates")); err == nil && info.IsDir() {
			found = folder
			return fs.SkipAll
		}
		return nil
	})
	return found
}
