package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/topology"
)

// picture is what is to be drawn, nil where nothing is asked for.
func (o *explainOptions) picture(chosen []verdict.Verdict) ([]byte, error) {
	if o.svg == "" {
		return nil, nil
	}
	if len(chosen) != 1 {
		return nil, fmt.Errorf("--svg is a picture of one Deployment, and there are %d: name one", len(chosen))
	}
	t := chosen[0].Timeline()
	if t == nil {
		return nil, fmt.Errorf("--svg: there is no timeline of %s, as %s", chosen[0].Deployment.Key(), noTimeline(&chosen[0]))
	}
	return t.SVG("Deployment " + chosen[0].Deployment.Key()), nil
}

// noTimeline is a clause on why there is none.
func noTimeline(v *verdict.Verdict) string {
	switch {
	case v.Err != nil:
		return "it could not be evaluated"
	case len(v.Unread) > 0:
		return unread(v.Unread)
	case v.Decision.Exposure.Kind == topology.None:
		return "nothing sends traffic there"
	}
	return "its strategy is not RollingUpdate"
}

// draw writes the picture, where there is one.
func (o *explainOptions) draw(stdout io.Writer, picture []byte) error {
	if picture == nil {
		return nil
	}
	if o.svg == "-" {
		_, err := stdout.Write(picture)
		return err
	}
	if err := os.WriteFile(o.svg, picture, 0o644); err != nil { //nolint:gosec // a picture is no secret
		return fmt.Errorf("--svg: %w", err)
	}
	return nil
}
