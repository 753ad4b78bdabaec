package apiserver

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rollguard/rollguard/pkg/server"
	"github.com/rollguard/rollguard/test/install"
)

// While it drains, a replica says that it is not ready, still answers, and lets each
// answer close its connection, so that the API server goes elsewhere.
func TestADrainingReplicaStillAnswersAndLetsGo(t *testing.T) {
	o, addresses := anotherReplica(t)
	_, o.Certificates = certificateFiles(t)
	o.DrainDelay = time.Hour // longer than the test; the replica ends with the process
	ctx, drain := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx, o) }()
	eventually(t, "the replica is ready", func(ctx context.Context) bool { return install.Ready(ctx, addresses.Ops) == nil })

	client := insecure(&tls.Config{})
	if closes(t, client, addresses.URL()) {
		t.Error("a replica that stays closes the connection")
	}
	drain()
	eventually(t, "the replica says that it goes", func(ctx context.Context) bool { return check(ctx, addresses.Ops, "serving") != nil })
	if !closes(t, client, addresses.URL()) {
		t.Error("a draining replica keeps the connection")
	}
	select {
	case err := <-done:
		t.Errorf("the replica ended before its drain delay: %v", err)
	default:
	}
}

// A replica without a drain delay ends at once, and without an error.
func TestAReplicaEndsWithoutAnError(t *testing.T) {
	o, addresses := anotherReplica(t)
	_, o.Certificates = certificateFiles(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx, o) }()
	eventually(t, "the replica is ready", func(ctx context.Context) bool { return install.Ready(ctx, addresses.Ops) == nil })
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := install.Ready(t.Context(), addresses.Ops); err == nil {
		t.Error("an ended replica answers")
	}
}

// closes sends a review and tells whether the answer closes the connection.
func closes(t *testing.T, client *http.Client, url string) bool {
	t.Helper()
	const review = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","operation":"DELETE"}}`
	resp, err := client.Post(url, "application/json", strings.NewReader(review))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("answered %s", resp.Status)
	}
	return resp.Close
}
