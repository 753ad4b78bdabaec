package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/pkg/manifest"
)

// unrendered is the error about files of which one is a template of a Helm chart, with the way
// to manifests; nil where none is.
func unrendered(cmd *cobra.Command, set *manifest.Set) error {
	for _, e := range set.Errors {
		if !errors.Is(e, manifest.ErrTemplate) {
			continue
		}
		chart := "CHART"
		if folder, err := chartAbove(e.Place.File); err == nil {
			chart = argument(folder)
		}
		return fmt.Errorf("%s: this looks like a Helm template that was not rendered: helm template NAME %s | %s -f -", e.Place.File, chart, cmd.CommandPath())
	}
	return nil
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
