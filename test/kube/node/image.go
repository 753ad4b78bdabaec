package node

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// Image is a container image of one static program and nothing else.
type Image struct {
	Name    string   // such as example.test/app:1; without a host it is one of docker.io/library
	Program string   // path of the program, which is /NAME in the image
	Args    []string // default arguments
	Env     []string // NAME=VALUE
	User    string   // such as 65532:65532; empty means root
}

// imageConfig is the part of an image's configuration that is needed to run it (OCI
// Image Format Specification, "Image Configuration").
type imageConfig struct {
	Architecture string       `json:"architecture"`
	OS           string       `json:"os"`
	Config       imageProcess `json:"config"`
	RootFS       imageRoot    `json:"rootfs"`
}

type imageProcess struct {
	Entrypoint []string `json:"Entrypoint"`
	Cmd        []string `json:"Cmd,omitempty"`
	Env        []string `json:"Env,omitempty"`
	User       string   `json:"User,omitempty"`
	WorkingDir string   `json:"WorkingDir"`
}

type imageRoot struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

// archiveEntry describes one image in manifest.json of a docker-archive.
type archiveEntry struct {
	Config   string   `json:"Config"`
	RepoTags []string `json:"RepoTags"`
	Layers   []string `json:"Layers"`
}

// WriteImage writes the image as a docker-archive, the format of "docker save", which
// ctr, docker and podman load. The same program gives the same bytes.
func WriteImage(w io.Writer, image Image) error {
	if !strings.Contains(path.Base(image.Name), ":") {
		return fmt.Errorf("image name %q has no tag", image.Name)
	}
	layer, err := programLayer(image.Program)
	if err != nil {
		return err
	}
	config, err := json.Marshal(imageConfig{
		Architecture: runtime.GOARCH,
		OS:           "linux",
		Config: imageProcess{
			Entrypoint: []string{"/" + filepath.Base(image.Program)},
			Cmd:        image.Args, Env: image.Env, User: image.User, WorkingDir: "/",
		},
		RootFS: imageRoot{Type: "layers", DiffIDs: []string{"sha256:" + digest(layer)}},
	})
	if err != nil {
		return fmt.Errorf("describe image: %w", err)
	}
	entry := archiveEntry{
		Config:   digest(config) + ".json",
		RepoTags: []string{image.Name},
		Layers:   []string{digest(layer) + ".tar"},
	}
	manifest, err := json.Marshal([]archiveEntry{entry})
	if err != nil {
		return fmt.Errorf("describe image: %w", err)
	}
	return writeTar(w, []tarFile{
		{entry.Layers[0], 0o644, layer},
		{entry.Config, 0o644, config},
		{"manifest.json", 0o644, manifest},
	})
}

// programLayer returns a layer that holds the program.
func programLayer(program string) ([]byte, error) {
	text, err := os.ReadFile(program)
	if err != nil {
		return nil, fmt.Errorf("read program: %w", err)
	}
	var layer bytes.Buffer
	err = writeTar(&layer, []tarFile{{filepath.Base(program), 0o755, text}})
	return layer.Bytes(), err
}

// tarFile is one file of a tar.
type tarFile struct {
	name string
	mode int64
	text []byte
}

// writeTar writes a whole tar, whose files are of no time and of root.
func writeTar(w io.Writer, files []tarFile) error {
	archive := tar.NewWriter(w)
	for _, file := range files {
		err := archive.WriteHeader(&tar.Header{Name: file.name, Mode: file.mode, Size: int64(len(file.text))})
		if err == nil {
			_, err = archive.Write(file.text)
		}
		if err != nil {
			return fmt.Errorf("write %s to tar: %w", file.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("write tar: %w", err)
	}
	return nil
}

// digest returns the SHA-256 of text in hexadecimal.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
