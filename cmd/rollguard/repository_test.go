package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/cli"
)

// A repository has its chart beside plain manifests, as this one. The chart is left for helm,
// and says so by the exit code; its manifests are judged.
func TestTheFolderOfThisProjectIsAuditedButForItsChart(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := cli.Run([]string{"rollguard", "audit", "-f", "../../deploy"}, cli.Streams{Out: &stdout, Err: &stderr})
	const want = "rollguard: -f ../../deploy: ../../deploy/helm/rollguard is a Helm chart: helm template NAME ../../deploy/helm/rollguard | rollguard audit -f -\n"
	if code != 2 || !strings.HasSuffix(stderr.String(), want) {
		t.Errorf("exit code %d, want 2; stderr:\n%swant at its end:\n%s", code, &stderr, want)
	}
	for _, name := range []string{" shop/web ", " rollguard/rollguard "} {
		if !strings.Contains(stdout.String(), name) {
			t.Errorf("%s is not in\n%s", name, &stdout)
		}
	}
}
