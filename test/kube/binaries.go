package kube

import (
	"context"
	"io"
	"os"

	"github.com/rollguard/rollguard/test/kube/build"
)

// Binaries maps the name of a binary, such as kube-apiserver, to its path.
type Binaries = build.Binaries

// EnsureBinaries returns the paths of the named binaries (none means etcd,
// kube-apiserver and kubectl) and builds those that are missing into bin/kube
// of the repository the working folder is in, which takes minutes. The folder
// that KUBEBUILDER_ASSETS names, where set, wins for etcd, kube-apiserver and
// kubectl. Progress goes to log, which may be nil.
func EnsureBinaries(ctx context.Context, log io.Writer, names ...string) (Binaries, error) {
	root, err := build.FindRoot(".")
	if err != nil {
		return nil, err
	}
	return build.Ensure(ctx, build.Request{
		Root:   root,
		Assets: os.Getenv("KUBEBUILDER_ASSETS"),
		Names:  names,
		Log:    log,
	})
}
