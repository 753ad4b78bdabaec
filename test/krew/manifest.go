package main

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"sigs.k8s.io/yaml"
)

// manifest is a plugin's manifest (krew pkg/index/types.go, krew.googlecontainertools.
// github.com/v1alpha2).
type manifest struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Version   string     `json:"version"`
		Homepage  string     `json:"homepage"`
		Short     string     `json:"shortDescription"`
		Long      string     `json:"description"`
		Platforms []platform `json:"platforms"`
	} `json:"spec"`

	url string
}

type platform struct {
	Selector struct {
		Labels map[string]string `json:"matchLabels"`
	} `json:"selector"`
	URI    string `json:"uri"`
	SHA256 string `json:"sha256"`
	Bin    string `json:"bin"`
}

func newManifest(r *release) *manifest {
	m := &manifest{APIVersion: "krew.googlecontainertools.github.com/v1alpha2", Kind: "Plugin", url: r.URL}
	m.Metadata.Name = "rollguard"
	m.Spec.Version, m.Spec.Homepage = r.Version, r.Home
	m.Spec.Short = "Find Deployments that lose requests when they roll"
	m.Spec.Long = "Says which Deployments lose requests in a rolling update behind a load balancer,\nwhy, and what to do (audit, explain), and what the admission webhook of Rollguard\nmakes of manifests (render). It changes nothing unless told to (strip --apply).\n"
	return m
}

func (m *manifest) add(goos, goarch string, archive []byte) {
	sum := sha256.Sum256(archive)
	p := platform{URI: strings.TrimSuffix(m.url, "/") + "/" + archiveName(goos, goarch), SHA256: hex.EncodeToString(sum[:]), Bin: binary(goos)}
	p.Selector.Labels = map[string]string{"os": goos, "arch": goarch}
	m.Spec.Platforms = append(m.Spec.Platforms, p)
}

func (m *manifest) yaml() ([]byte, error) { return yaml.Marshal(m) }
