package install

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	appsv1 "k8s.io/api/apps/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"github.com/rollguard/rollguard/test/kube/build"
)

// environment are the variables that the manifest sets to a value, as NAME=value: the
// memory limit above all, without which a process on this machine would behave otherwise.
func environment() ([]string, error) {
	d, err := deployment()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, v := range d.Spec.Template.Spec.Containers[0].Env {
		if v.ValueFrom == nil {
			out = append(out, v.Name+"="+v.Value)
		}
	}
	return out, nil
}

// MemoryLimit is how much memory a Pod of the manifest may take, in bytes.
func MemoryLimit() (int64, error) {
	d, err := deployment()
	if err != nil {
		return 0, err
	}
	return d.Spec.Template.Spec.Containers[0].Resources.Limits.Memory().Value(), nil
}

// deployment is that of the manifest.
func deployment() (*appsv1.Deployment, error) {
	root, err := build.FindRoot(".")
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, "deploy", "rollguard.yaml"))
	if err != nil {
		return nil, err
	}
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		var d appsv1.Deployment
		if err := decoder.Decode(&d); errors.Is(err, io.EOF) {
			return nil, errors.New("deploy/rollguard.yaml: there is no Deployment")
		} else if err != nil {
			return nil, fmt.Errorf("deploy/rollguard.yaml: %w", err)
		}
		if d.Kind == "Deployment" {
			return &d, nil
		}
	}
}
