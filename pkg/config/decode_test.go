package config_test

import (
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/config"
)

func TestAFileThatIsNotExactlyAConfigurationIsRefused(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"an unknown field":                {header + "warning: none\n", `unknown field "warning"`},
		"an unknown field of the bounds":  {header + "bounds: {maxSleep: 1m}\n", `unknown field "bounds.maxSleep"`},
		"an unknown field of a profile":   {header + "profiles: {fast: {timeout: 1s}}\n", `unknown field "profiles.fast.timeout"`},
		"an unknown field of the delays":  {header + "profiles: {fast: {propagationDelay: {alb: 1s}}}\n", `unknown field "profiles.fast.propagationDelay.alb"`},
		"a field in capitals":             {header + "Warnings: none\n", `unknown field "Warnings"`},
		"two unknown fields":              {header + "a: 1\nb: 2\n", `[unknown field "a", unknown field "b"]`},
		"a number for a name":             {header + "excludedNamespaces: [7]\n", "cannot unmarshal number"},
		"a list for a word":               {header + "warnings: [none]\n", "cannot unmarshal array"},
		"a word for a list":               {header + "excludedNamespaces: infra\n", "cannot unmarshal string"},
		"a word for the bounds":           {header + "bounds: none\n", "cannot unmarshal string"},
		"a number for a duration":         {header + "bounds: {maxMinReady: 60}\n", "cannot unmarshal number"},
		"a duration without a unit":       {header + "bounds: {maxMinReady: \"60\"}\n", "missing unit"},
		"a duration that is none":         {header + "bounds: {maxMinReady: soon}\n", "invalid duration"},
		"a key that stands twice":         {header + "warnings: none\nwarnings: risks\n", `key "warnings" already set`},
		"a nested key that stands twice":  {header + "bounds: {maxMinReady: 1m, maxMinReady: 2m}\n", `key "maxMinReady" already set`},
		"another version":                 {"apiVersion: rollguard.io/v1\nkind: WebhookConfiguration\n", `apiVersion "rollguard.io/v1", kind "WebhookConfiguration": expected rollguard.io/v1alpha1, WebhookConfiguration`},
		"another kind":                    {"apiVersion: rollguard.io/v1alpha1\nkind: Configuration\n", `kind "Configuration": expected`},
		"no version and kind":             {"warnings: none\n", `apiVersion "", kind "": expected`},
		"nothing":                         {"", `apiVersion "", kind "": expected`},
		"comments alone":                  {"# nothing yet\n", `apiVersion "", kind "": expected`},
		"null":                            {"null\n", `apiVersion "", kind "": expected`},
		"a list":                          {"- " + strings.ReplaceAll(header, "\n", "\n  ") + "\n", "cannot unmarshal array"},
		"a word":                          {"rollguard\n", "cannot unmarshal string"},
		"no YAML":                         {header + "warnings: [\n", "yaml: line 3: did not find"},
		"tabs":                            {header + "bounds:\n\tmaxMinReady: 1m\n", "yaml: line 4: found character"},
		"a second document":               {header + "---\n" + header + "warnings: none\n", "more than one YAML document"},
		"a second document that is empty": {header + "---\n", "more than one YAML document"},
		"a second document that is wrong": {header + "---\n[\n", "more than one YAML document"},
		"more than a megabyte":            {header + "# " + strings.Repeat("x", 1<<20), "longer than 1048576 bytes"},
	} {
		c, err := config.Parse([]byte(tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.want) || c != nil {
			t.Errorf("%s: configuration %+v, error %v, want %q", name, c, err, tc.want)
		}
	}
}

func TestAFileMayBeWrittenInSeveralWays(t *testing.T) {
	for name, text := range map[string]string{
		"as JSON":                    `{"apiVersion":"rollguard.io/v1alpha1","kind":"WebhookConfiguration","warnings":"none"}`,
		"with a line of dashes":      "---\n" + header + "warnings: none\n",
		"with comments":              "# one\n---\n# two\n" + header + "warnings: none # three\n",
		"with an end of document":    header + "warnings: none\n...\n",
		"with an alias":              header + "warnings: &none none\nassumeExposure: *none\n",
		"with carriage returns":      strings.ReplaceAll(header+"warnings: none\n", "\n", "\r\n"),
		"with a byte order mark":     "\ufeff" + header + "warnings: none\n",
		"with a null that means all": header + "warnings: none\nprofiles: null\nbounds: null\n",
		"as large as may be":         header + "warnings: none\n# " + strings.Repeat("x", 1<<20-len(header)-len("warnings: none\n# ")),
	} {
		c, err := config.Parse([]byte(text))
		if err != nil || c.Warnings != "none" {
			t.Errorf("%s: configuration %+v, error %v", name, c, err)
		}
	}
}

func TestAliasesCannotMakeAFileExplode(t *testing.T) {
	text := header + "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for _, c := range "bcdefghi" {
		text += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 10), ",") + "]\n"
	}
	if _, err := config.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), "excessive aliasing") {
		t.Errorf("error %.200v", err)
	}
}
