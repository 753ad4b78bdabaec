package node

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// readTar returns the files of a tar, by name.
func readTar(t *testing.T, text []byte) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	archive := tar.NewReader(bytes.NewReader(text))
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[header.Name], err = io.ReadAll(archive); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnImageIsOneLayerWithTheProgram(t *testing.T) {
	program := filepath.Join(t.TempDir(), "app")
	if err := os.WriteFile(program, []byte("program"), 0o755); err != nil {
		t.Fatal(err)
	}
	var archive, again bytes.Buffer
	for _, w := range []io.Writer{&archive, &again} {
		if err := WriteImage(w, Image{Name: "example.test:5000/app:1", Program: program, Args: []string{"-v"}, User: "65532"}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(archive.Bytes(), again.Bytes()) {
		t.Error("the same program gives different bytes")
	}
	files := readTar(t, archive.Bytes())
	var manifest []archiveEntry
	if err := json.Unmarshal(files["manifest.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest) != 1 || !reflect.DeepEqual(manifest[0].RepoTags, []string{"example.test:5000/app:1"}) || len(manifest[0].Layers) != 1 {
		t.Fatalf("manifest is %+v", manifest)
	}
	layer := files[manifest[0].Layers[0]]
	if got := readTar(t, layer); string(got["app"]) != "program" || len(got) != 1 {
		t.Errorf("layer has %q", got)
	}
	var config imageConfig
	if err := json.Unmarshal(files[manifest[0].Config], &config); err != nil {
		t.Fatal(err)
	}
	want := imageProcess{Entrypoint: []string{"/app"}, Cmd: []string{"-v"}, User: "65532", WorkingDir: "/"}
	if !reflect.DeepEqual(config.Config, want) {
		t.Errorf("process is %+v, want %+v", config.Config, want)
	}
	if len(config.RootFS.DiffIDs) != 1 || config.RootFS.DiffIDs[0] != "sha256:"+digest(layer) {
		t.Errorf("layers are %v, want the digest of the one", config.RootFS.DiffIDs)
	}
}

func TestAnImageThatCannotBeIsRefused(t *testing.T) {
	tests := []struct {
		name  string
		image Image
		want  string
	}{
		{"no tag", Image{Name: "example.test:5000/app", Program: "/bin/sh"}, `image name "example.test:5000/app" has no tag`},
		{"no program", Image{Name: "app:1", Program: "/nowhere/app"}, "open /nowhere/app"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := WriteImage(io.Discard, test.image)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q in it", err, test.want)
			}
		})
	}
}
