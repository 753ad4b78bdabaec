package cli

import (
	"fmt"
	"strings"
	"testing"
)

func TestKubernetesVersions(t *testing.T) {
	const word, none = "is not a Kubernetes version such as 1.37", "there is no such Kubernetes version; the newest that Rollguard knows is 1.37"
	tests := map[string]struct {
		version     string
		nativeSleep bool
		note        bool
		bad         string
	}{
		"the first with a native sleep":   {version: "1.30", nativeSleep: true},
		"the last without":                {version: "1.29"},
		"a patch release":                 {version: "1.29.15"},
		"with a v, as kubectl prints it":  {version: "v1.37.2", nativeSleep: true},
		"with a suffix, as EKS prints it": {version: "v1.30.4-eks-a1b2c3d", nativeSleep: true},
		"with a plus, as EKS prints it":   {version: "1.29+"},
		"the next one":                    {version: "1.38", nativeSleep: true, note: true},
		"the last that is believed":       {version: "1.99", nativeSleep: true, note: true},
		"beyond what there will be":       {version: "1.100", bad: none},
		"a slip of the finger":            {version: "1.999", bad: none},
		"another major":                   {version: "2.30", bad: none},
		"the major that was":              {version: "0.30", bad: none},
		"no version":                      {version: "", bad: word},
		"a word":                          {version: "latest", bad: word},
		"no minor":                        {version: "1", bad: word},
		"a sign":                          {version: "1.-30", bad: word},
		"a date":                          {version: "2026-11", bad: word},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parseKubeVersion(tt.version)
			if (err == nil) != (tt.bad == "") || err != nil && !strings.HasSuffix(err.Error(), tt.bad) {
				t.Errorf("%q: error %v, want %q", tt.version, err, tt.bad)
			}
			if got.nativeSleep != tt.nativeSleep || (got.note != "") != tt.note {
				t.Errorf("%q: %+v", tt.version, got)
			}
		})
	}
}

func TestTheNewestKnownVersionIsTheOneThatNeedsNoNote(t *testing.T) {
	if want := fmt.Sprintf("1.%d", newestMinor); newestKnown != want {
		t.Errorf("newestKnown is %s, and the newest minor %d", newestKnown, newestMinor)
	}
}
