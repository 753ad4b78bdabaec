package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
)

// draw writes the picture, where one is asked for.
func (o *explainOptions) draw(stdout io.Writer, chosen []verdict.Verdict) error {
	if o.svg == "" {
		return nil
	}
	if len(chosen) != 1 {
		return fmt.Errorf("--svg is a picture of one Deployment, and there are %d: name one", len(chosen))
	}
	t := chosen[0].Timeline()
	if t == nil {
		return errors.New("--svg: there is no timeline, as nothing sends traffic there or its strategy is Recreate")
	}
	picture := t.SVG("Deployment " + chosen[0].Deployment.Key())
	if o.svg == "-" {
		_, err := stdout.Write(picture)
		return err
	}
	if err := os.WriteFile(o.svg, picture, 0o644); err != nil { //nolint:gosec // a picture is no secret
		return fmt.Errorf("--svg: %w", err)
	}
	return nil
}
