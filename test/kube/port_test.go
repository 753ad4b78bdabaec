package kube

import (
	"net"
	"testing"
)

func TestPortTaken(t *testing.T) {
	listener, err := net.Listen("tcp", loopback+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	taken := listener.Addr().(*net.TCPAddr).Port
	plane := start(t, Options{})
	ports, err := freePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		start func(*ControlPlane) error
	}{
		{"etcd client", func(c *ControlPlane) error { return c.startEtcd(t.Context(), taken, ports[0]) }},
		{"etcd peer", func(c *ControlPlane) error { return c.startEtcd(t.Context(), ports[0], taken) }},
		{"kube-apiserver", func(c *ControlPlane) error {
			// It needs an etcd that runs, and its certificates.
			c.etcdURL, c.etcd = plane.etcdURL, plane.etcd
			c.state, c.credentials = plane.state, plane.credentials
			return c.startAPIServer(t.Context(), taken, Options{})
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := openState(t.Context(), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			c := &ControlPlane{binaries: plane.binaries, state: s}
			if c.credentials, err = newCredentials(s, nil); err != nil {
				t.Fatal(err)
			}
			if err := test.start(c); !portTaken(err) {
				t.Errorf("start on a taken port says %v", err)
			}
		})
	}
}
