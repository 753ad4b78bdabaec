package chart

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-logr/zapr"
	"go.uber.org/zap"
	"k8s.io/client-go/kubernetes"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

// world is what all tests share. It is set once, before the first test.
var world struct {
	plane   *kube.ControlPlane
	clients kubernetes.Interface
}

func TestMain(m *testing.M) {
	ctrllog.SetLogger(zapr.NewLogger(zap.NewNop()))
	os.Exit(kube.Main(withKinds{m}, kube.Options{}, func(c *kube.ControlPlane) { world.plane = c }))
}

// withKinds runs the tests after the foreign kinds were created.
type withKinds struct{ *testing.M }

func (w withKinds) Run() int {
	if err := createKinds(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "foreign kinds:", err)
		return 1
	}
	return w.M.Run()
}

func createKinds(ctx context.Context) error {
	var err error
	if world.clients, err = kubernetes.NewForConfig(world.plane.RESTConfig()); err != nil {
		return err
	}
	files := map[string][]string{
		"github.com/cert-manager/cert-manager": {
			"deploy/crds/cert-manager.io_issuers.yaml", "deploy/crds/cert-manager.io_certificates.yaml",
		},
		"github.com/prometheus-operator/prometheus-operator": {
			"example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
			"example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
		},
	}
	var apply []string
	for module, paths := range files {
		dir, err := install.ModuleDir(ctx, "crds", module)
		if err != nil {
			return err
		}
		for _, path := range paths {
			apply = append(apply, "-f", filepath.Join(dir, path))
		}
	}
	// Server-side: some of them are too large for the annotation of a client-side apply.
	if _, err := install.Kubectl(ctx, world.plane, nil, append([]string{"apply", "--server-side"}, apply...)...); err != nil {
		return err
	}
	_, err = install.Kubectl(ctx, world.plane, nil, append([]string{"wait", "--for=condition=Established", "--timeout=60s"}, apply...)...)
	return err
}
