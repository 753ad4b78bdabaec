package release

import (
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// billOfMaterials is the part of a CycloneDX file that is looked at.
type billOfMaterials struct {
	Metadata struct {
		Component component `json:"component"`
	} `json:"metadata"`
	Components []component `json:"components"`
}

type component struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	PURL     string `json:"purl"`
	Hashes   []hash `json:"hashes"`
	Evidence struct {
		Licenses []any `json:"licenses"`
	} `json:"evidence"`
}

type hash struct {
	Alg     string `json:"alg"`
	Content string `json:"content"`
}

// runMake runs a target of the Makefile at the root of the repository.
func runMake(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "make", append([]string{"--no-print-directory"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("make %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestTheBillOfMaterialsListsWhatIsLinkedAndNothingElse(t *testing.T) {
	bin := t.TempDir()
	runMake(t, "sbom", "BIN="+bin)
	for _, arch := range []string{"amd64", "arm64"} {
		t.Run(arch, func(t *testing.T) {
			dir := filepath.Join(bin, "linux-"+arch)
			info, err := buildinfo.ReadFile(filepath.Join(dir, "rollguard-webhook"))
			if err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(filepath.Join(dir, "sbom.json"))
			if err != nil {
				t.Fatal(err)
			}
			var bom billOfMaterials
			if err := json.Unmarshal(raw, &bom); err != nil {
				t.Fatal(err)
			}
			version := strings.Replace(info.Main.Version, "(devel)", "v0.0.0-devel", 1)
			if main := bom.Metadata.Component; main.Name != info.Main.Path || main.Version != version {
				t.Errorf("it is about %s %s, want %s %s", main.Name, main.Version, info.Main.Path, version)
			}
			for _, c := range bom.Components {
				if !strings.Contains(c.PURL, "goarch="+arch+"&goos=linux") {
					t.Errorf("%s is not said to be of this program's architecture: %s", c.Name, c.PURL)
				}
			}
			if diff := cmp.Diff(linked(t, info), listed(t, bom)); diff != "" {
				t.Errorf("-linked +listed:\n%s", diff)
			}
		})
	}
}

// linked are the modules of a program and their checksums, and the standard library.
func linked(t *testing.T, info *debug.BuildInfo) map[string]string {
	t.Helper()
	out := map[string]string{"std " + info.GoVersion: ""}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:"))
		if err != nil {
			t.Fatal(err)
		}
		out[m.Path+" "+m.Version] = hex.EncodeToString(sum)
	}
	if len(out) < 20 {
		t.Fatalf("%d modules are linked; the test looks at the wrong place", len(out))
	}
	return out
}

// listed are the components and their checksums.
func listed(t *testing.T, bom billOfMaterials) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, c := range bom.Components {
		sum := ""
		if len(c.Hashes) > 0 {
			sum = c.Hashes[0].Content
		}
		out[c.Name+" "+c.Version] = sum
		if c.Name != "std" && len(c.Evidence.Licenses) == 0 {
			t.Errorf("%s has no licence", c.Name)
		}
	}
	return out
}
