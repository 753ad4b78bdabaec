package pods

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"
)

// served returns the serial numbers of the certificates that the replicas serve, by Pod.
func served(t *testing.T) (map[string]string, error) {
	t.Helper()
	out := map[string]string{}
	for _, p := range replicas(t) {
		dialer := &net.Dialer{Timeout: 2 * time.Second}
		// Only which certificate it is counts here.
		conn, err := tls.DialWithDialer(dialer, "tcp", net.JoinHostPort(p.Status.PodIP, "9443"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			return nil, fmt.Errorf("call %s: %w", p.Name, err)
		}
		out[p.Name] = conn.ConnectionState().PeerCertificates[0].SerialNumber.Text(16)
		if err := conn.Close(); err != nil {
			return nil, err
		}
	}
	if len(out) != 2 {
		return nil, fmt.Errorf("there are %d replicas", len(out))
	}
	return out, nil
}

// mustServe is served where no replica is being replaced.
func mustServe(t *testing.T) map[string]string {
	t.Helper()
	out, err := served(t)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// anew waits until each replica serves another certificate than before. A kubelet looks
// at a mounted Secret again after a minute or so, or when its Pod changes: each look here
// changes the Pods.
func anew(t *testing.T, before map[string]string) {
	t.Helper()
	eventually(t, "every replica serves the new certificate", func() error {
		do(t, fmt.Sprintf("kubectl -n rollguard annotate --overwrite pods -l %s look=%d", ours, time.Now().UnixNano()))
		now, err := served(t)
		if err != nil {
			return err
		}
		var errs []error
		for name, serial := range now {
			if serial == before[name] {
				errs = append(errs, fmt.Errorf("%s serves the old one", name))
			}
		}
		return errors.Join(errs...)
	})
}
