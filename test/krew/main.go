// Command krew builds the archives of the kubectl plugin for all platforms and writes the
// manifest with which krew, the plugin manager of kubectl, installs them.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	r := release{}
	platforms := flag.String("platforms", "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64", "`platforms` to build for")
	flag.StringVar(&r.Version, "version", "", "`version` of the release, such as v0.1.0")
	flag.StringVar(&r.URL, "url", "", "`address` of the folder from which the archives will be fetched")
	flag.StringVar(&r.Home, "homepage", "", "`address` of the project")
	flag.StringVar(&r.Out, "o", "bin/krew", "`folder` to write to")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := r.run(ctx, strings.Split(*platforms, ","))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "krew:", err)
		os.Exit(1)
	}
}

// release is what is built.
type release struct {
	Version, URL, Home, Out string
}

func (r *release) run(ctx context.Context, platforms []string) error {
	if r.Version == "" || r.URL == "" || r.Home == "" {
		return fmt.Errorf("-version, -url and -homepage must be given: krew shows and fetches what they say")
	}
	if err := os.MkdirAll(r.Out, 0o755); err != nil {
		return err
	}
	m := newManifest(r)
	for _, platform := range platforms {
		goos, goarch, ok := strings.Cut(platform, "/")
		if !ok {
			return fmt.Errorf("-platforms: %q is not of the form linux/amd64", platform)
		}
		archive, err := r.build(ctx, goos, goarch)
		if err != nil {
			return fmt.Errorf("%s: %w", platform, err)
		}
		name := archiveName(goos, goarch)
		if err := os.WriteFile(filepath.Join(r.Out, name), archive, 0o644); err != nil {
			return err
		}
		m.add(goos, goarch, archive)
		fmt.Println(filepath.Join(r.Out, name))
	}
	text, err := m.yaml()
	if err != nil {
		return err
	}
	path := filepath.Join(r.Out, "rollguard.yaml")
	fmt.Println(path)
	return os.WriteFile(path, text, 0o644)
}

func archiveName(goos, goarch string) string {
	if goos == "windows" {
		return fmt.Sprintf("kubectl-rollguard-%s-%s.zip", goos, goarch)
	}
	return fmt.Sprintf("kubectl-rollguard-%s-%s.tar.gz", goos, goarch)
}

// build compiles the plugin for a platform and packs it with the licence.
func (r *release) build(ctx context.Context, goos, goarch string) ([]byte, error) {
	program := binary(goos)
	folder, err := os.MkdirTemp("", "rollguard-krew-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, program)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./cmd/rollguard")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w: %s", err, out)
	}
	files, err := read(map[string]string{program: path, "LICENSE": "LICENSE"})
	if err != nil {
		return nil, err
	}
	return pack(goos, files)
}

func binary(goos string) string {
	if goos == "windows" {
		return "kubectl-rollguard.exe"
	}
	return "kubectl-rollguard"
}
