package apiserver

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rollguard/rollguard/test/install"
)

// comesAndGoes is a door whose kind the cluster gets and loses while the webhook runs.
type comesAndGoes struct {
	crd func(ctx context.Context) (string, error)
	// objects open the door for the Service web of a namespace; they may need others that
	// exist already.
	objects string
	// evidence is what the warning names then.
	evidence string
}

func doorsThatComeAndGo() map[string]comesAndGoes {
	return map[string]comesAndGoes{
		"TargetGroupBinding of EKS Auto Mode": {
			crd: func(context.Context) (string, error) {
				return crd("eks.amazonaws.com", "v1", "TargetGroupBinding", "Namespaced"), nil
			},
			objects: `
apiVersion: eks.amazonaws.com/v1
kind: TargetGroupBinding
metadata: {namespace: %[1]s, name: own}
spec: {serviceRef: {name: web, port: 80}, targetType: ip, targetGroupProtocol: HTTP, targetGroupARN: x}
`,
			evidence: "behind ALB TargetGroupBinding own (ip targets)",
		},
		"TCPRoute of the Gateway API": {
			crd: func(ctx context.Context) (string, error) { return gatewayCRD(ctx, "tcproutes") },
			objects: `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: comes-and-goes}
spec: {controllerName: gateway.k8s.aws/nlb}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {namespace: %[1]s, name: public}
spec: {gatewayClassName: comes-and-goes, listeners: [{name: tcp, port: 80, protocol: TCP}]}
---
apiVersion: gateway.k8s.aws/v1
kind: TargetGroupConfiguration
metadata: {namespace: %[1]s, name: web}
spec: {targetReference: {name: web}, defaultConfiguration: {targetType: ip}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: TCPRoute
metadata: {namespace: %[1]s, name: web}
spec: {parentRefs: [{name: public}], rules: [{backendRefs: [{name: web, port: 80}]}]}
`,
			evidence: "behind NLB TCPRoute web of Gateway %[1]s/public (ip targets)",
		},
	}
}

// The kinds of optional doors come and go in a cluster. The webhook follows without a
// restart, stays ready, and answers every write in the meantime.
func TestDoorsOpenAndCloseWhileDeploymentsAreAdmitted(t *testing.T) {
	for name, d := range doorsThatComeAndGo() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			manifest, err := d.crd(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			stop := s.admitAllTheTime()
			for range 2 { // opens again after it was closed
				s.waitForWarning("behind Service web")
				if err := applyCRD(t.Context(), manifest); err != nil {
					t.Fatal(err)
				}
				s.kubectl(fmt.Sprintf(d.objects, s.name), "apply", "-f", "-")
				s.waitForWarning(strings.ReplaceAll(d.evidence, "%[1]s", s.name))
				s.kubectl(manifest, "delete", "--wait", "-f", "-")
			}
			s.waitForWarning("behind Service web")
			if admitted := stop(); admitted == 0 {
				t.Error("nothing was admitted meanwhile")
			}
			if err := check(t.Context(), world.addresses.Ops, "caches"); err != nil {
				t.Error(err)
			}
		})
	}
}

// newService is a shop without an Ingress.
func newService(t *testing.T) *shop {
	t.Helper()
	s := newShop(t, enabled, annotations)
	s.kubectl("", "delete", "ingress", "web", "-n", s.name)
	return s
}

func (s *shop) dryRun() install.Output {
	s.t.Helper()
	return s.kubectl(s.bare(), "create", "--dry-run=server", "-o", "yaml", "-f", "-")
}

func (s *shop) waitForWarning(text string) {
	s.t.Helper()
	last := ""
	defer func() {
		if s.t.Failed() {
			s.t.Logf("the last warning was %q", last)
		}
	}()
	// An optional kind is looked for every 10 s.
	eventuallyWithin(s.t, time.Minute, fmt.Sprintf("the warning says %q", text), func(context.Context) bool {
		last = strings.Join(s.dryRun().Warnings(), "; ")
		return strings.Contains(last, text)
	})
}

// admitAllTheTime creates Deployments, without storing them, until the returned function
// is called. Each must come back completed.
func (s *shop) admitAllTheTime() (stop func() int64) {
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	var admitted atomic.Int64
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			out, err := install.Kubectl(ctx, world.plane, []byte(s.bare()), "create", "--dry-run=server", "-o", "yaml", "-f", "-")
			switch {
			case ctx.Err() != nil:
			case err != nil:
				s.t.Errorf("a write was refused: %v", err)
			case !strings.Contains(out.Stdout, "preStop:"):
				s.t.Errorf("a Deployment came back as it was: %s", out.Stderr)
			default:
				admitted.Add(1)
			}
		}
	}()
	return func() int64 {
		cancel()
		<-done
		return admitted.Load()
	}
}
