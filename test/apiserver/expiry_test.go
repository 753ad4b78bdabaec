package apiserver

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/certs"
	"github.com/rollguard/rollguard/pkg/server"
)

// A certificate whose end nears shows on the Pod, where kubectl describe prints it, with
// the rights that the service account has.
func TestACertificateThatEndsSoonIsToldOfOnThePod(t *testing.T) {
	o, _ := anotherReplica(t)
	_, o.Certificates = certificateFiles(t)
	made := time.Now().Add(-50 * time.Minute)
	ca, err := certs.NewAuthority(made, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := certs.IssueLeaf(ca, certs.LeafRequest{Now: made, Life: time.Hour, DNSNames: []string{"localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{o.Certificates.CertFile: leaf.CertPEM, o.Certificates.KeyFile: leaf.KeyPEM} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.Pod = server.Pod{Namespace: "rollguard", Name: "rollguard-old", UID: "1"}
	o.Posture = server.Posture{}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx, o) }()
	eventually(t, "an Event tells of it", func(ctx context.Context) bool {
		events, err := world.clients.CoreV1().Events("rollguard").List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=rollguard-old"})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events.Items {
			if e.Reason == "CertificateExpires" && e.Type == "Warning" && strings.Contains(e.Message, "was not renewed") {
				return true
			}
		}
		return false
	})
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
