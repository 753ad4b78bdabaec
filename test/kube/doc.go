// Package kube runs a real Kubernetes control plane, etcd and kube-apiserver,
// on free loopback ports of this machine, for tests.
//
//	plane, err := kube.Start(ctx, kube.Options{Log: os.Stderr})
//	if err != nil { ... }
//	defer plane.Stop()
//	client, err := kubernetes.NewForConfig(plane.RESTConfig())
//
// The binaries come from EnsureBinaries, which builds them from Go modules when
// they are missing. The first time takes minutes, longer than "go test" allows
// by default when the machine is busy, so build before testing:
//
//	go run ./test/kube/cmd/kubebuild
//
// Every control plane has its own state folder, ports and certificates, so that
// the tests of many packages can run at once. No process outlives the program
// that started it, and what a killed program leaves on disk is removed by a
// later Start.
//
// The API server runs with the defaults of Kubernetes, Node and RBAC
// authorization, and all default admission plugins. There is no controller
// manager: nothing makes the service accounts that Pods need or fills the
// aggregated roles view, edit and admin, unless a test does, or runs one with
// the files that ControlPlane names. Package node in the folder below does, and
// runs Pods.
package kube
