package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/pkg/manifest"
)

// aside keeps an error of [open] about charts for the end, where the rest is judged all the
// same. It returns the one that stops the command.
func (in *input) aside(r *reading, files []*manifest.File, err error) error {
	var charts *chartError
	if !in.judgesRest || len(files) == 0 || !errors.As(err, &charts) {
		return err
	}
	r.unrendered = append(r.unrendered, charts.each()...)
	return nil
}

// templates takes what was found about files that are templates of a Helm chart out of the
// set, as one error for each chart, with the way to manifests. It returns the first of them
// where that stops the command.
func (in *input) templates(cmd *cobra.Command, r *reading) error {
	var charts []string
	files := map[string][]string{} // by chart
	r.set.Errors = slices.DeleteFunc(r.set.Errors, func(e *manifest.Error) bool {
		if !errors.Is(e, manifest.ErrTemplate) {
			return false
		}
		chart := "CHART"
		if folder, err := chartAbove(e.Place.File); err == nil {
			chart = argument(folder)
		}
		if files[chart] == nil {
			charts = append(charts, chart)
		}
		if !slices.Contains(files[chart], e.Place.File) {
			files[chart] = append(files[chart], e.Place.File)
		}
		return true
	})
	for _, chart := range charts {
		err := unrendered(cmd, files[chart], chart)
		if !in.judgesRest {
			return err
		}
		r.unrendered = append(r.unrendered, err)
	}
	return nil
}

// unrendered is the error about templates of one chart.
func unrendered(cmd *cobra.Command, files []string, chart string) error {
	says := "this looks like a Helm template that was not rendered"
	if n := len(files); n > 1 {
		says = fmt.Sprintf("this and %d more look like Helm templates that were not rendered", n-1)
	}
	return fmt.Errorf("%s: %s: helm template NAME %s | %s -f -", files[0], says, chart, cmd.CommandPath())
}

// chartError is about folders that are charts, inside of one that was named.
type chartError struct {
	path    string
	folders []string
	command string
}

func (e *chartError) Error() string { return failed(e.each()).Error() }

// each is one error for each of the charts.
func (e *chartError) each() []error {
	out := make([]error, len(e.folders))
	for i, folder := range e.folders {
		out[i] = fmt.Errorf("-f %s: %s is a Helm chart: helm template NAME %s | %s -f -", e.path, folder, argument(folder), e.command)
	}
	return out
}

// beside are the files that are in none of the charts.
func (e *chartError) beside(files []*manifest.File) []*manifest.File {
	return slices.DeleteFunc(files, func(f *manifest.File) bool {
		return slices.ContainsFunc(e.folders, func(folder string) bool {
			return strings.HasPrefix(f.Name, filepath.ToSlash(folder)+"/")
		})
	})
}

// chartAbove is the chart that a file belongs to, as seen from here.
func chartAbove(file string) (string, error) {
	here, err := filepath.Abs(".")
	if err != nil {
		return "", err
	}
	at, err := filepath.Abs(filepath.FromSlash(file))
	if err != nil {
		return "", err
	}
	for at != filepath.Dir(at) {
		at = filepath.Dir(at)
		if _, err := os.Stat(filepath.Join(at, "Chart.yaml")); err == nil {
			return filepath.Rel(here, at)
		}
	}
	return "", errors.New("no chart")
}
