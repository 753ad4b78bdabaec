package manifest

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// MaxFiles bounds how many files a folder may hold, so that a wrong folder is told
// from a slow one.
const MaxFiles = 10_000

// ReadPath reads a file, or every .yaml, .yml and .json file below a folder, sorted
// by name. Names with a leading dot are passed over, as they are tools' own. The
// prefix is put before the names that people see.
func ReadPath(fsys fs.FS, name, prefix string) ([]*File, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path.Join(prefix, name), cause(err))
	}
	if !info.IsDir() {
		f, err := readFile(fsys, name, prefix)
		return []*File{f}, err
	}
	var files []*File
	err = fs.WalkDir(fsys, name, func(at string, entry fs.DirEntry, err error) error {
		hidden := at != name && strings.HasPrefix(entry.Name(), ".")
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", path.Join(prefix, at), cause(err))
		case entry.IsDir() && hidden:
			return fs.SkipDir
		case entry.IsDir(), hidden, !isManifest(at):
			return nil
		case len(files) == MaxFiles:
			return fmt.Errorf("%s: more than %d files", path.Join(prefix, name), MaxFiles)
		}
		f, err := readFile(fsys, at, prefix)
		files = append(files, f)
		return err
	})
	return files, err
}

func isManifest(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

func readFile(fsys fs.FS, name, prefix string) (*File, error) {
	shown := path.Join(prefix, name)
	r, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown, cause(err))
	}
	defer r.Close() //nolint:errcheck // nothing was written
	return Read(shown, r)
}

// cause drops the name from an error of the file system, as it is said already.
func cause(err error) error {
	if pathError, ok := err.(*fs.PathError); ok { //nolint:errorlint // only the outermost
		return pathError.Err
	}
	return err
}
