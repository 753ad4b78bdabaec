package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/test/kube"
	"github.com/rollguard/rollguard/test/kube/build"
)

// Call says how the API server calls the webhook.
type Call struct {
	URL string
	// Strict makes a call that fails or takes long visible: failurePolicy Fail, and
	// 15 s instead of 2, as tests run beside each other on small machines. Without it
	// the manifest's values hold.
	Strict bool
}

// Manifest are the objects of deploy/rollguard.yaml that need no Pods, as one
// stream, with the webhook at a URL.
func Manifest(call Call) ([]byte, error) {
	root, err := build.FindRoot(".")
	if err != nil {
		return nil, err
	}
	file, err := os.Open(filepath.Join(root, "deploy", "rollguard.yaml"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var out bytes.Buffer
	decoder := utilyaml.NewYAMLOrJSONDecoder(file, 4096)
	for {
		var object map[string]any
		if err := decoder.Decode(&object); errors.Is(err, io.EOF) {
			return out.Bytes(), nil
		} else if err != nil {
			return nil, fmt.Errorf("deploy/rollguard.yaml: %w", err)
		}
		switch object["kind"] {
		case "Deployment", "Service", "PodDisruptionBudget", nil:
			continue
		case "MutatingWebhookConfiguration":
			if err := reachBy(object, call); err != nil {
				return nil, err
			}
		}
		text, err := yaml.Marshal(object)
		if err != nil {
			return nil, err
		}
		out.WriteString("---\n")
		out.Write(text)
	}
}

// reachBy replaces the Service by a URL.
func reachBy(object map[string]any, call Call) error {
	webhooks, _ := object["webhooks"].([]any)
	if len(webhooks) == 0 {
		return errors.New("deploy/rollguard.yaml: the webhook configuration has no webhook")
	}
	for _, w := range webhooks {
		webhook, _ := w.(map[string]any)
		config, _ := webhook["clientConfig"].(map[string]any)
		service, _ := config["service"].(map[string]any)
		path, ok := service["path"].(string)
		if !ok {
			return fmt.Errorf("deploy/rollguard.yaml: webhook %v has no Service with a path", webhook["name"])
		}
		webhook["clientConfig"] = map[string]any{"url": strings.TrimSuffix(call.URL, "/mutate") + path}
		if call.Strict {
			webhook["failurePolicy"], webhook["timeoutSeconds"] = "Fail", 15
		}
	}
	return nil
}

// Apply installs the manifest with kubectl, as a person would.
func Apply(ctx context.Context, plane *kube.ControlPlane, call Call) error {
	manifest, err := Manifest(call)
	if err != nil {
		return err
	}
	_, err = Kubectl(ctx, plane, manifest, "apply", "-f", "-")
	return err
}

// ServiceAccount is the identity that Rollguard's Pods have.
func ServiceAccount(plane *kube.ControlPlane) (*rest.Config, error) {
	return plane.User("system:serviceaccount:rollguard:rollguard",
		"system:serviceaccounts", "system:serviceaccounts:rollguard", "system:authenticated")
}
