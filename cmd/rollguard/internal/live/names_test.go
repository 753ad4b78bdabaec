package live

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/spf13/pflag"
)

// flagsFor are those of somebody who asks the API server at an address.
func flagsFor(t *testing.T, address string) *Flags {
	t.Helper()
	t.Setenv("KUBECONFIG", "")
	t.Setenv("HOME", t.TempDir())
	f := &Flags{}
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.Register(set)
	if err := set.Parse([]string{"--server", address}); err != nil {
		t.Fatal(err)
	}
	return f
}

// A shell waits for the names, and a load balancer in front of a cluster that is away may
// take the connection and say nothing.
func TestNamesAreNotWaitedForOnceThereIsNoTimeLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	released := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel() // it was asked, and never answers
		select {
		case <-released:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(released)
	if names := flagsFor(t, server.URL).DeploymentNames(ctx, "shop"); names != nil {
		t.Errorf("got %q", names)
	}
	if ctx.Err() == nil {
		t.Error("the server was not asked")
	}
}

func TestThereAreNoNamesWhereTheAnswerIsNone(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"an error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"no JSON":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>sign in</html>")) },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(answer)
			defer server.Close()
			if names := flagsFor(t, server.URL).NamespaceNames(t.Context()); names != nil {
				t.Errorf("got %q", names)
			}
		})
	}
}
