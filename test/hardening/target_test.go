package hardening

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rollguard/rollguard/test/install"
)

const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {rollguard.io/inject: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "web:1", ports: [{containerPort: 8080}]}]}
`

// target is the running program.
type target struct {
	t         *testing.T
	binary    *install.Binary
	addresses install.Addresses
}

func (g *target) label(ctx context.Context) {
	if _, err := install.Kubectl(ctx, world.plane, []byte(shop), "apply", "-f", "-"); err != nil {
		g.t.Fatal(err)
	}
}

// dial opens a connection as anybody on the network could.
func (g *target) dial(ctx context.Context, ops bool) (net.Conn, error) {
	if ops {
		return new(net.Dialer).DialContext(ctx, "tcp", g.addresses.Ops)
	}
	d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2", "http/1.1"}}}
	return d.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", g.addresses.Port))
}

// honest has the API server ask about a write. With failurePolicy Fail it is refused when
// there is no answer in time. It tells whether the Deployment came back completed.
func (g *target) honest() (completed bool) {
	g.t.Helper()
	out, err := install.Kubectl(g.t.Context(), world.plane, []byte(web), "create", "--dry-run=server", "-o", "yaml", "-f", "-")
	if err != nil {
		g.t.Errorf("an honest request was not answered in time: %v", err)
	}
	return strings.Contains(out.Stdout, "maxUnavailable: 0")
}

// alive asks as a kubelet does whether the process lives, three times before it is killed.
func (g *target) alive() {
	g.t.Helper()
	var err error
	for range 3 {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
		var resp *http.Response
		if resp, err = client.Get("http://" + g.addresses.Ops + "/healthz"); err != nil {
			continue
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
		err = errors.New(resp.Status)
	}
	g.t.Errorf("a kubelet would have killed the process: %v", err)
}

// forget makes the peak begin anew (proc(5), clear_refs).
func (g *target) forget() {
	g.t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", g.binary.PID()), []byte("5"), 0o200); err != nil {
		g.t.Fatal(err)
	}
}

// peak is the most memory that the process ever had, in bytes (VmHWM, proc(5)).
func (g *target) peak() int64 {
	g.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.binary.PID()))
	if err != nil {
		g.t.Fatalf("the program is gone: %v; the end of its log:\n%s", err, g.binary.Tail())
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			if err != nil {
				g.t.Fatal(err)
			}
			return kib << 10
		}
	}
	g.t.Fatal("the process has no VmHWM")
	return 0
}
