package apiserver

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rollguard/rollguard/pkg/cluster"
	"github.com/rollguard/rollguard/test/install"
)

// rightsOf is a ClusterRole with some of what Rollguard reads, bound to a user.
func rightsOf(user string, of func(cluster.Read) bool) string {
	var rules strings.Builder
	for _, r := range cluster.Reads() {
		if of(r) {
			fmt.Fprintf(&rules, "- {apiGroups: [%q], resources: [%s], verbs: [%s]}\n", r.Group, r.Resource, strings.Join(cluster.Verbs(), ", "))
		}
	}
	return fmt.Sprintf(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: %[1]s}
rules:
%[2]s
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: %[1]s}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %[1]s}
subjects: [{kind: User, name: %[1]s, apiGroup: rbac.authorization.k8s.io}]
`, user, rules.String())
}

// An installation whose rights are older than its image: the replica is ready, guards
// what it sees, says what it may not read, and reads it as soon as it may.
func TestAMissingRightIsToldAndMendsItself(t *testing.T) {
	const user = "half"
	// The API server calls both webhooks, this one first: configurations go by name.
	s := newShop(t, `{"test.example/webhook": "half", "rollguard.io/inject": "enabled"}`, annotations)
	s.kubectl("", "delete", "ingress", "web", "-n", s.name)
	s.kubectl(fmt.Sprintf(`
apiVersion: elbv2.k8s.aws/v1beta1
kind: TargetGroupBinding
metadata: {namespace: %s, name: own}
spec: {serviceRef: {name: web, port: 80}, targetType: ip, targetGroupProtocol: HTTP, targetGroupARN: x}
`, s.name), "apply", "-f", "-")
	s.kubectl(rightsOf(user, func(r cluster.Read) bool { return !r.Optional }), "apply", "-f", "-")

	addresses, authority := startReplica(t, user)
	waitForListener(t, addresses)
	eventually(t, "the replica is ready", func(ctx context.Context) bool { return install.Ready(ctx, addresses.Ops) == nil })
	register(t, user, addresses.URL(), authority)

	s.waitForWarning("TargetGroupBinding (elbv2.k8s.aws) cannot be read: Rollguard lacks the right to list and watch them")
	if out := s.dryRun(); !strings.Contains(out.Stdout, "preStop:") {
		t.Errorf("what can be seen is not guarded: %s", out.Stderr)
	}
	s.kubectl(rightsOf(user, func(cluster.Read) bool { return true }), "apply", "-f", "-")
	// A reflector that fails tries again within 30 s.
	eventuallyWithin(t, time.Minute, "the binding is read", func(context.Context) bool {
		warnings := strings.Join(s.dryRun().Warnings(), "; ")
		return strings.Contains(warnings, "TargetGroupBinding own (ip targets)") && !strings.Contains(warnings, "cannot be read")
	})
}
