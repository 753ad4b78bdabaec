package cli

import "testing"

func TestKubernetesVersions(t *testing.T) {
	tests := map[string]struct {
		version     string
		nativeSleep bool
		bad         bool
	}{
		"the first with a native sleep":   {version: "1.30", nativeSleep: true},
		"the last without":                {version: "1.29"},
		"a patch release":                 {version: "1.29.15"},
		"with a v, as kubectl prints it":  {version: "v1.37.2", nativeSleep: true},
		"with a suffix, as EKS prints it": {version: "v1.30.4-eks-a1b2c3d", nativeSleep: true},
		"with a plus, as EKS prints it":   {version: "1.29+"},
		"newer than known":                {version: "1.45", nativeSleep: true},
		"no version":                      {version: "", bad: true},
		"a word":                          {version: "latest", bad: true},
		"no minor":                        {version: "1", bad: true},
		"another major":                   {version: "2.30", bad: true},
		"a sign":                          {version: "1.-30", bad: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := hasNativeSleep(tt.version)
			if (err != nil) != tt.bad || got != tt.nativeSleep {
				t.Errorf("%q: got %v, %v", tt.version, got, err)
			}
		})
	}
}
