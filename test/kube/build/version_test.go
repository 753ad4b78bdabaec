package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPinnedVersion(t *testing.T) {
	tests := []struct {
		name, text, want, fails string
	}{
		{"one line", "module a\n\nrequire x.io/m v1.2.3\n", "v1.2.3", ""},
		{"block", "require (\n\tx.io/m/v2 v2.0.0\n\tx.io/m v1.2.4\n)\n", "v1.2.4", ""},
		{"replaced too", "replace (\n\tx.io/m => x.io/m v9.0.0\n)\nrequire x.io/m v1.2.5\n", "v1.2.5", ""},
		{"missing", "module a\n", "", "does not require x.io/m"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := pinnedVersion(folder, "x.io/m")
			if got != test.want {
				t.Errorf("version is %q, want %q", got, test.want)
			}
			checkError(t, err, test.fails)
		})
	}
}

func TestLinkerFlags(t *testing.T) {
	tag := time.Date(2026, 10, 27, 12, 1, 4, 0, time.UTC)
	tests := []struct {
		name   string
		module string
		info   moduleInfo
		want   string
		fails  string
	}{
		{"etcd", etcdModule, moduleInfo{Version: "v3.7.3"}, "-s -w", ""},
		{
			"kubernetes", kubernetesModule, moduleInfo{Version: "v1.37.2", Time: tag, Sum: "h1:abc="},
			"-s -w" + strings.ReplaceAll(" -X P.gitVersion=v1.37.2 -X P.gitMajor=1 -X P.gitMinor=37 -X P.gitCommit=h1:abc="+
				" -X P.gitTreeState=clean -X P.buildDate=2026-10-27T12:01:04Z", "P.", "k8s.io/component-base/version."), "",
		},
		{"no release", kubernetesModule, moduleInfo{Version: "v1"}, "", "is not MAJOR.MINOR.PATCH"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := linkerFlags(target{module: test.module}, test.info)
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("flags are %s, want %s first", got, test.want)
			}
			checkError(t, err, test.fails)
		})
	}
}

// checkError checks that err says want, or is nil where want is empty.
func checkError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("unexpected error: %v", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error is %v, want %q in it", err, want)
	}
}
