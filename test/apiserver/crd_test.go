package apiserver

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rollguard/rollguard/test/install"
)

// crd is a CustomResourceDefinition of a controller of AWS, with a spec that takes
// anything: their modules are not to be had, and what decides here is read leniently.
func crd(group, version, kind, scope string) string {
	plural := strings.ToLower(kind)
	if !strings.HasSuffix(plural, "s") {
		plural += "s"
	}
	return fmt.Sprintf(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %[4]s.%[1]s}
spec:
  group: %[1]s
  scope: %[5]s
  names: {kind: %[3]s, listKind: %[3]sList, plural: %[4]s, singular: %[6]s}
  versions:
  - name: %[2]s
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
`, group, version, kind, plural, scope, strings.ToLower(kind))
}

// installed are the kinds that exist before the webhook starts. The others come and go:
// see doors_test.go.
func installed() []string {
	return []string{
		crd("elbv2.k8s.aws", "v1beta1", "IngressClassParams", "Cluster"),
		crd("elbv2.k8s.aws", "v1beta1", "TargetGroupBinding", "Namespaced"),
		crd("gateway.k8s.aws", "v1", "TargetGroupConfiguration", "Namespaced"),
	}
}

// gatewayCRD is one of the Gateway API's own CustomResourceDefinitions.
func gatewayCRD(ctx context.Context, plural string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api")
	download := exec.CommandContext(ctx, "go", "mod", "download", "sigs.k8s.io/gateway-api")
	cmd.Dir, download.Dir = "../kube/modules/gatewayapi", "../kube/modules/gatewayapi"
	if out, err := download.CombinedOutput(); err != nil {
		return "", fmt.Errorf("gateway-api: %w: %s", err, out)
	}
	dir, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("gateway-api: %w", err)
	}
	path := filepath.Join(strings.TrimSpace(string(dir)), "config", "crd", "standard", "gateway.networking.k8s.io_"+plural+".yaml")
	text, err := os.ReadFile(path)
	return string(text), err
}

// installCRDs creates the kinds that exist from the beginning.
func installCRDs(ctx context.Context) error {
	manifests := installed()
	for _, plural := range []string{"gatewayclasses", "gateways", "httproutes", "grpcroutes", "referencegrants"} {
		text, err := gatewayCRD(ctx, plural)
		if err != nil {
			return err
		}
		manifests = append(manifests, text)
	}
	for _, text := range manifests {
		if err := applyCRD(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// applyCRD creates a kind and waits until it is served.
func applyCRD(ctx context.Context, manifest string) error {
	if _, err := install.Kubectl(ctx, world.plane, []byte(manifest), "apply", "--server-side", "-f", "-"); err != nil {
		return err
	}
	_, err := install.Kubectl(ctx, world.plane, []byte(manifest), "wait", "--for=condition=Established", "--timeout=30s", "-f", "-")
	return err
}
