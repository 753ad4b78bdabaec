package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
)

// file is one file of an archive.
type file struct {
	name string
	text []byte
}

// pack makes the archive of a platform: a zip for Windows, else a tar. The same files give
// the same bytes.
func pack(goos string, files []file) ([]byte, error) {
	var out bytes.Buffer
	if goos == "windows" {
		w := zip.NewWriter(&out)
		for _, f := range files {
			entry, err := w.Create(f.name)
			if err != nil {
				return nil, err
			}
			if _, err := entry.Write(f.text); err != nil {
				return nil, err
			}
		}
		return out.Bytes(), w.Close()
	}
	zipped := gzip.NewWriter(&out)
	w := tar.NewWriter(zipped)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o755, Size: int64(len(f.text)), Typeflag: tar.TypeReg}); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.text); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err := zipped.Close()
	return out.Bytes(), err
}

func read(paths map[string]string) ([]file, error) {
	var out []file
	for _, name := range []string{"kubectl-rollguard", "kubectl-rollguard.exe", "LICENSE"} {
		path, ok := paths[name]
		if !ok {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, file{name, text})
	}
	return out, nil
}
