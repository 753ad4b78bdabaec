package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/cli"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/timeline"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/test/fixtures"
)

func explained(t *testing.T, in []byte, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"rollguard", "explain", "-f", "-"}, args...)
	if code := cli.Run(args, cli.Streams{In: bytes.NewReader(in), Out: &stdout, Err: &stderr}); code == 2 {
		t.Fatal(stderr.String())
	}
	return stdout.String()
}

// Findings about what a rollout of one Pod does not show: nodes, meshes, quotas and the
// like, and annotations that were not followed.
var elsewhere = map[policy.Code]bool{
	policy.MeshStopsFirst: true, policy.QuotaBlocksSurge: true, policy.NoProvenPort: true, policy.ProbePathMissing: true,
	policy.ContainerNotFound: true, policy.DeadlineTooShort: true, policy.UnknownAnnotation: true, policy.InvalidAnnotation: true,
	policy.ValueOutOfBounds: true, policy.OverrideNotAllowed: true, policy.ExposureUnclear: true, policy.ExposureExpected: true,
	policy.SurgeMayDeadlock: true, policy.RecreateStrategy: true, policy.GraceTooShort: true, policy.RouteInDoubt: true,
}

func TestARaceIsOpenOnlyWhereAFindingSaysSo(t *testing.T) {
	closed, open := 0, 0
	for _, c := range fixtures.Load(t) {
		var r struct {
			Deployments map[string]struct {
				Mode     string
				Findings []policy.Finding
				Timeline *timeline.Timeline
			}
		}
		if err := json.Unmarshal([]byte(explained(t, c.In, "-o", "json")), &r); err != nil {
			t.Fatal(err)
		}
		for key, d := range r.Deployments {
			if d.Timeline == nil || d.Mode == "audit" {
				continue
			}
			risk, other := false, false
			for _, f := range d.Findings {
				risk = risk || f.Outcome == policy.AtRisk && !elsewhere[f.Code]
				other = other || f.Outcome != policy.Changed
			}
			for _, race := range d.Timeline.Races {
				switch {
				case race.Closed:
					closed++
				default:
					open++
				}
				if asked := c.Name == "pre-stop/sleep-asked"; !race.Closed && !other && !asked {
					t.Errorf("%s, %s: race %s is open (%s), and no finding says why", c.Name, key, race.Name, race.Why)
				}
			}
			if risk && d.Timeline.Races[0].Closed && d.Timeline.Races[1].Closed {
				t.Errorf("%s, %s: a risk of this rollout is found, and both races are closed: %+v", c.Name, key, d.Findings)
			}
		}
	}
	if closed < 100 || open < 10 {
		t.Errorf("%d races are closed and %d open: too few to tell", closed, open)
	}
}

func TestTimelinesFitEightyColumns(t *testing.T) {
	drawn := 0
	for _, c := range fixtures.Load(t) {
		_, rest, found := strings.Cut(explained(t, c.In), "  Timeline of a rollout")
		if !found {
			continue
		}
		_, rest, _ = strings.Cut(rest, "\n")
		for line := range strings.Lines(rest) {
			if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "    ") {
				break
			}
			if drawn++; len(line) > 80 {
				t.Errorf("%s: %d columns: %s", c.Name, len(line), line)
			}
		}
	}
	if drawn < 500 {
		t.Errorf("only %d lines", drawn)
	}
}

func TestThePictureIsWellFormed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rollout.svg")
	for _, c := range fixtures.Load(t) {
		if c.Name != "annotations/contract-example" {
			continue
		}
		explained(t, c.In, "--svg", file, "web")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, words := range []string{"28 s  counts as available", "48 s  SIGTERM", "58 s  killed", "Race A is closed, with 0 s to spare"} {
		if !bytes.Contains(text, []byte(words)) {
			t.Errorf("the picture does not say %q", words)
		}
	}
}
