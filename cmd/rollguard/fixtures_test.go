package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/cli"
	"github.com/rollguard/rollguard/test/fixtures"
)

// The golden cases that the core and the API server answer, rendered by the command
// line.
func TestRenderGivesWhatEachFixtureSays(t *testing.T) {
	for _, c := range fixtures.Load(t) {
		if c.Options.AssumeExposure == "service" {
			continue // nothing is assumed of files: what is not in them is not there
		}
		t.Run(c.Name, func(t *testing.T) {
			args := []string{"rollguard", "render", "-o", "json", "-f", "-"}
			if v := c.Options.KubeVersion; v != "" {
				args = append(args, "--kube-version", v)
			}
			var stdout, stderr bytes.Buffer
			code := cli.Run(args, cli.Streams{In: bytes.NewReader(c.In), Out: &stdout, Err: &stderr})
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, stderr.String())
			}
			c.Check(t, deployments(t, stdout.Bytes()))
		})
	}
}

func deployments(t *testing.T, list []byte) map[string][]byte {
	t.Helper()
	var parsed struct{ Items []json.RawMessage }
	if err := json.Unmarshal(list, &parsed); err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, item := range parsed.Items {
		var head struct {
			Kind     string
			Metadata struct{ Name string }
		}
		if err := json.Unmarshal(item, &head); err != nil {
			t.Fatal(err)
		}
		if head.Kind == "Deployment" {
			out[head.Metadata.Name] = item
		}
	}
	return out
}
