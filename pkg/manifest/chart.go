package manifest

import (
	"io/fs"
	"path"
)

// Charts are the folders, at or below name, that are Helm charts, without those inside of
// another: their templates are no manifests before helm has read them. What cannot be read is
// left for [ReadPath] to say.
func Charts(fsys fs.FS, name string) []string {
	var found []string
	_ = fs.WalkDir(fsys, name, func(at string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fs.SkipDir
		case entry.IsDir() && isChart(fsys, at):
			found = append(found, at)
			return fs.SkipDir
		}
		return nil
	})
	return found
}

func isChart(fsys fs.FS, folder string) bool {
	about, err := fs.Stat(fsys, path.Join(folder, "Chart.yaml"))
	if err != nil || about.IsDir() {
		return false
	}
	templates, err := fs.Stat(fsys, path.Join(folder, "templates"))
	return err == nil && templates.IsDir()
}
