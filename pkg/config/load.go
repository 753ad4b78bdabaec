package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	yamlv3 "go.yaml.in/yaml/v3"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
)

// maxFile bounds what is parsed, in bytes.
const maxFile = 1 << 20

// Load reads a file. An empty path gives the defaults.
func Load(path string) (*v1alpha1.WebhookConfiguration, error) {
	if path == "" {
		c := &v1alpha1.WebhookConfiguration{}
		v1alpha1.Default(c)
		return c, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("configuration file: %w", err)
	}
	c, err := Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("configuration file %s: %w", path, err)
	}
	return c, nil
}

// Parse decodes, defaults and checks a configuration. A field that is not known is
// an error: it is a slip of the pen, and would otherwise have no effect in silence.
func Parse(raw []byte) (*v1alpha1.WebhookConfiguration, error) {
	if len(raw) > maxFile {
		return nil, fmt.Errorf("longer than %d bytes", maxFile)
	}
	if err := oneDocument(raw); err != nil {
		return nil, err
	}
	c := &v1alpha1.WebhookConfiguration{}
	text, err := yaml.YAMLToJSONStrict(raw)
	if err != nil {
		return nil, err
	}
	unknown, err := kjson.UnmarshalStrict(text, c)
	if err := utilerrors.NewAggregate(append(unknown, err)); err != nil {
		return nil, err
	}
	if c.APIVersion != v1alpha1.APIVersion || c.Kind != v1alpha1.Kind {
		return nil, fmt.Errorf("apiVersion %q, kind %q: expected %s, %s", c.APIVersion, c.Kind, v1alpha1.APIVersion, v1alpha1.Kind)
	}
	v1alpha1.Default(c)
	if errs := Validate(c); len(errs) > 0 {
		return nil, errs.ToAggregate()
	}
	return c, nil
}

// oneDocument refuses a file of several documents: only the first would be read.
func oneDocument(raw []byte) error {
	decoder := yamlv3.NewDecoder(bytes.NewReader(raw))
	var document yamlv3.Node
	if err := decoder.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := decoder.Decode(&document); !errors.Is(err, io.EOF) {
		return errors.New("more than one YAML document")
	}
	return nil
}
