package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/picture"
	"github.com/rollguard/rollguard/test/rollout/plan"
)

// draw writes the pictures that there are results for.
func draw(folder string, r *rollout.Result) error {
	for _, arm := range []string{"plain", "probes", "by-hand", "rollguard"} {
		n := find(r, plan.Constant, arm)
		if n == nil {
			continue
		}
		one := n.typical()
		if err := save(folder, "rollout-"+arm, func(w io.Writer) error { return picture.Rollouts(w, subject(arm, one)) }); err != nil {
			return err
		}
	}
	plain, guarded := find(r, plan.Constant, "plain"), find(r, plan.Constant, "rollguard")
	if plain != nil && guarded != nil {
		err := save(folder, "rollout", func(w io.Writer) error {
			return picture.Rollouts(w, subject("Without Rollguard", plain.typical()), subject("The same manifest with Rollguard", guarded.typical()))
		})
		if err != nil {
			return err
		}
	}
	if lines := lagLines(r); len(lines) > 0 {
		return save(folder, "lag", func(w io.Writer) error {
			return picture.Lags(w, "Requests lost at ending Pods (race B), by the lag of the load balancer", lines)
		})
	}
	return nil
}

// typical is the rollout whose loss is the middle one.
func (n *named) typical() *rollout.Rollout {
	best := n.rollouts[0]
	mean := n.count().Share()
	distance := func(r *rollout.Rollout) float64 {
		d := countOf(r).Share() - mean
		return max(d, -d)
	}
	for _, r := range n.rollouts {
		if distance(r) < distance(best) {
			best = r
		}
	}
	return best
}

func subject(name string, r *rollout.Rollout) picture.Subject {
	return picture.Subject{Series: &r.Series, Complete: r.Complete, Rate: r.Load.Rate, Title: fmt.Sprintf("%s: %s of %s requests lost (%s)", name,
		thousands(r.Client.Lost()), thousands(r.Client.Requests), shareOf(r))}
}

// lagLines are the results of the group by sleep.
func lagLines(r *rollout.Result) []picture.Line {
	var out []picture.Line
	at := map[string]int{}
	for _, n := range group(r, plan.Lag) {
		var sleep, lag int
		if _, err := fmt.Sscanf(n.name, "sleep %d, lag %d s", &sleep, &lag); err != nil {
			continue
		}
		text := fmt.Sprintf("%d s", sleep)
		if sleep == 0 {
			text = "none (probes only)"
		}
		if _, ok := at[text]; !ok {
			at[text] = len(out)
			out = append(out, picture.Line{Text: text})
		}
		line := &out[at[text]]
		line.Points = append(line.Points, picture.Point{Seconds: float64(lag), Count: n.raceB()})
	}
	return out
}

func save(folder, name string, paint func(io.Writer) error) error {
	var text bytes.Buffer
	if err := paint(&text); err != nil {
		return fmt.Errorf("draw %s: %w", name, err)
	}
	return os.WriteFile(filepath.Join(folder, name+".svg"), text.Bytes(), 0o644)
}
