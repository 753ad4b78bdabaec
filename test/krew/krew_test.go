package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// What krew does with the manifest: it takes the archive of the platform, compares the sum,
// and links the program under the plugin's name.
func TestTheArchiveOfThisPlatformHoldsThePluginThatTheManifestNames(t *testing.T) {
	t.Chdir("../..")
	out := t.TempDir()
	r := release{Version: "v0.0.1", URL: "https://example.com/releases/", Home: "https://example.com", Out: out}
	if err := r.run(t.Context(), []string{runtime.GOOS + "/" + runtime.GOARCH}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(out, "rollguard.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var m manifest
	if err := yaml.UnmarshalStrict(text, &m); err != nil {
		t.Fatal(err)
	}
	p := m.Spec.Platforms[0]
	archive, err := os.ReadFile(filepath.Join(out, strings.TrimPrefix(p.URI, "https://example.com/releases/")))
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(archive); hex.EncodeToString(sum[:]) != p.SHA256 {
		t.Errorf("the sum is %x, and the manifest says %s", sum, p.SHA256)
	}
	program := filepath.Join(out, "program")
	if err := os.WriteFile(program, member(t, archive, p.Bin), 0o755); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), program, "version").Output()
	if err != nil || !strings.HasPrefix(string(said), "rollguard ") {
		t.Errorf("it says %q, %v", said, err)
	}
	if len(m.Spec.Short) > 50 {
		t.Errorf("krew takes 50 characters: %q has %d", m.Spec.Short, len(m.Spec.Short))
	}
}

func member(t *testing.T, archive []byte, name string) []byte {
	t.Helper()
	zipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(zipped); ; {
		head, err := r.Next()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if head.Name == name {
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
	}
}
