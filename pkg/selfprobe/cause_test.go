package selfprobe

import (
	"errors"
	"strings"
	"testing"
)

const post = `Internal error occurred: failed calling webhook "probe.rollguard.io": failed to call webhook: Post "https://127.0.0.1:9443/reached?timeout=2s": `

// byURL are the differences of a configuration that calls by URL, as in development.
func byURL() []Difference {
	return []Difference{
		{Webhook: MainWebhook, Field: addressField, Is: "URL https://127.0.0.1:9443/mutate", Has: "Service rollguard/rollguard, port 443, path /mutate", Effect: CalledLess},
		{Webhook: ProbeWebhook, Field: addressField, Is: "URL https://127.0.0.1:9443/reached", Has: "Service rollguard/rollguard, port 443, path /reached", Effect: CalledLess},
	}
}

func TestADifferenceIsTheCauseOnlyWhereItCanBe(t *testing.T) {
	condition := Difference{Webhook: MainWebhook, Field: "matchConditions[freeze]", Is: `"false"`, Effect: NeverCalled, So: neverCalled}
	elsewhere := byURL()
	elsewhere[0].Is = "URL https://10.0.0.1:9443/mutate"
	bundle := Difference{Webhook: ProbeWebhook, Field: bundleField, Effect: CalledLess}
	unchanged := Finding{Status: Unchanged, Detail: "it came back"}
	for name, tc := range map[string]struct {
		found Finding
		all   []Difference
		cause string // "" for none
	}{
		"nobody answers in time":           {refusal(errors.New(post + "context deadline exceeded")), byURL(), ""},
		"packets are dropped":              {refusal(errors.New(post + "dial tcp 127.0.0.1:9443: i/o timeout")), byURL(), ""},
		"nobody listens there":             {refusal(errors.New(post + "dial tcp 127.0.0.1:9443: connect: connection refused")), byURL(), "clientConfig of webhook probe.rollguard.io"},
		"a condition keeps nobody waiting": {refusal(errors.New(post + "EOF")), []Difference{condition}, ""},
		"nobody is trusted":                {refusal(errors.New(post + "x509: certificate signed by unknown authority")), []Difference{condition, bundle}, "clientConfig.caBundle of webhook probe.rollguard.io"},
		"an expired certificate":           {refusal(errors.New(post + "x509: certificate has expired")), []Difference{condition}, ""},
		"it is never called":               {unchanged, append(byURL(), condition), "matchConditions[freeze] of webhook deployments.rollguard.io"},
		"it is reached at that address":    {unchanged, byURL(), ""},
		"the probe alone is reached":       {unchanged, elsewhere, "clientConfig of webhook deployments.rollguard.io"},
	} {
		t.Run(name, func(t *testing.T) {
			f := tc.found
			f.Differences = f.sorted(tc.all)
			got := ""
			if f.Configuration = "rollguard"; f.Advice() == Repair("rollguard") {
				got = f.Differences[0].Where()
			}
			if got != tc.cause || len(f.Differences) != len(tc.all) {
				t.Errorf("the cause is %q, want %q; %d differences of %d", got, tc.cause, len(f.Differences), len(tc.all))
			}
		})
	}
}

func TestWhatAnEventSaysIsBriefAndEndsWithTheAdvice(t *testing.T) {
	long := Difference{Webhook: MainWebhook, Field: "matchConditions[freeze]", Is: strings.Repeat("x", 500), Effect: NeverCalled, So: neverCalled}
	for want, f := range map[string]Finding{
		"unreachable: failed to call webhook: Post":     refusal(errors.New(post + strings.Repeat("y", 500) + " context deadline exceeded")),
		"not-changed: matchConditions[freeze] of ":      {Status: Unchanged, Detail: "it came back", Differences: []Difference{long}},
		"configuration-missing: it does not exist. App": {Status: Missing, Detail: "it does not exist"},
	} {
		if text := f.Brief(); len(text) > maxBrief || !strings.HasPrefix(text, want) || !strings.HasSuffix(text, f.Advice()) {
			t.Errorf("%d bytes: %s", len(text), text)
		} else {
			t.Log(text)
		}
	}
}
