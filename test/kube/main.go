package kube

import (
	"context"
	"fmt"
	"os"
)

// Main runs the tests of a package against one control plane and returns the
// exit code; use is called with the control plane before the tests run. It is
// for a TestMain:
//
//	func TestMain(m *testing.M) {
//		os.Exit(kube.Main(m, kube.Options{}, func(c *kube.ControlPlane) { plane = c }))
//	}
//
// A control plane that does not start, or did not run to the end, fails the
// tests.
func Main(tests interface{ Run() int }, o Options, use func(*ControlPlane)) int {
	if o.Log == nil {
		o.Log = os.Stderr
	}
	plane, err := Start(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	use(plane)
	code := tests.Run()
	if err := plane.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}
