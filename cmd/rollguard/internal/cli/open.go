package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/pkg/manifest"
)

// pipeName is what standard input is called.
const pipeName = "(stdin)"

// open reads one path. A folder with charts in it comes with a [chartError] about these, and
// with the files that are in none of them.
func open(path string, cmd *cobra.Command) ([]*manifest.File, error) {
	switch {
	case path == "":
		return nil, errors.New("-f '': the name of the file is empty")
	case path == "-":
		f, err := manifest.Read(pipeName, cmd.InOrStdin())
		return []*manifest.File{f}, err
	case strings.HasPrefix(path, "https://"), strings.HasPrefix(path, "http://"):
		return nil, fmt.Errorf("-f %s: nothing is fetched: curl -sSfL %s | %s -f -", path, path, cmd.CommandPath())
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("-f %s: %w", path, errors.Unwrap(err))
	}
	if !info.IsDir() {
		return manifest.ReadPath(os.DirFS(filepath.Dir(path)), filepath.Base(path), filepath.ToSlash(filepath.Dir(path)))
	}
	return openFolder(path, cmd)
}

func openFolder(path string, cmd *cobra.Command) ([]*manifest.File, error) {
	charts := &chartError{path: path, command: cmd.CommandPath()}
	for _, below := range manifest.Charts(os.DirFS(path), ".") {
		if charts.folders = append(charts.folders, filepath.Join(path, below)); below == "." {
			return nil, charts
		}
	}
	files, err := manifest.ReadPath(os.DirFS(path), ".", filepath.ToSlash(path))
	switch {
	case err != nil:
		return nil, err
	case len(charts.folders) > 0:
		return charts.beside(files), charts
	case len(files) == 0:
		return nil, fmt.Errorf("-f %s: no .yaml, .yml or .json file in it", path)
	}
	return files, nil
}

// argument is a folder as helm wants it: a name alone may be a chart of a repository.
func argument(folder string) string {
	if filepath.IsAbs(folder) || strings.HasPrefix(folder, ".") {
		return folder
	}
	return "." + string(filepath.Separator) + folder
}

// where names the files that were asked for.
func (in *input) where() string {
	names := make([]string, len(in.paths))
	for i, path := range in.paths {
		if names[i] = path; path == "-" {
			names[i] = pipeName
		}
	}
	return strings.Join(names, ", ")
}
