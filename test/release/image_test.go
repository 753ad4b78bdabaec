package release

import (
	"archive/tar"
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// image is the part of an image's configuration that is looked at.
type image struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Config       struct {
		User       string
		Entrypoint []string
	} `json:"config"`
}

// foreign is the architecture of images that is not this machine's.
func foreign() string {
	if runtime.GOARCH == "arm64" {
		return "amd64"
	}
	return "arm64"
}

// Whoever has nodes of both kinds pulls one name: the image must say which it is for, and
// hold a program for that.
func TestTheImageOfAnotherArchitectureIsOfThatArchitecture(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "image.tar")
	target := []string{"image", "ARCH=" + foreign(), "IMAGE=rollguard.test/rollguard:foreign", "ARCHIVE=" + archive}
	first := runMake(t, target...)
	entries := untar(t, readFile(t, archive))
	var manifest []struct {
		Config string
		Layers []string
	}
	decode(t, entries["manifest.json"], &manifest)
	if len(manifest) != 1 || len(manifest[0].Layers) != 1 {
		t.Fatalf("want one image of one layer: %+v", manifest)
	}
	var is, want image
	decode(t, entries[manifest[0].Config], &is)
	want.Architecture, want.OS = foreign(), "linux"
	want.Config.User, want.Config.Entrypoint = "65532:65532", []string{"/rollguard-webhook"}
	if diff := cmp.Diff(want, is); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	checkProgram(t, untar(t, entries[manifest[0].Layers[0]]))

	// buildah, with which releases are built, says the digest.
	digest := regexp.MustCompile(`digest sha256:[0-9a-f]{64}`)
	if again := runMake(t, target...); digest.FindString(again) != digest.FindString(first) {
		t.Errorf("built again, %s is %s", digest.FindString(first), digest.FindString(again))
	}
}

// checkProgram looks at what the image holds: one static program, without the paths of
// this machine.
func checkProgram(t *testing.T, files map[string][]byte) {
	t.Helper()
	program, ok := files["rollguard-webhook"]
	if !ok || len(files) != 1 {
		t.Fatalf("the image holds %d files, with rollguard-webhook: %v", len(files), ok)
	}
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	built := map[string]string{}
	for _, s := range info.Settings {
		built[s.Key] = s.Value
	}
	for key, want := range map[string]string{"GOOS": "linux", "GOARCH": foreign(), "CGO_ENABLED": "0", "-trimpath": "true"} {
		if built[key] != want {
			t.Errorf("%s of the program is %q, want %q", key, built[key], want)
		}
	}
}

// untar returns the regular files of an archive.
func untar(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	reader := tar.NewReader(bytes.NewReader(archive))
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		if out[header.Name], err = io.ReadAll(reader); err != nil {
			t.Fatal(err)
		}
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func decode(t *testing.T, raw []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%v: %.80q", err, raw)
	}
}
