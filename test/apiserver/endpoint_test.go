package apiserver

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// check asks for one readiness check.
func check(ctx context.Context, ops, name string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+ops+"/readyz/"+name, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", name, resp.Status)
	}
	return nil
}

func TestHealthReadinessAndMetricsAnswer(t *testing.T) {
	for _, path := range []string{"/healthz", "/readyz", "/readyz/caches", "/readyz/certificate", "/readyz/listener", "/readyz/serving", "/metrics"} {
		resp, err := http.Get("http://" + world.addresses.Ops + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %v %s", path, resp.Status, err, body)
		}
	}
	if metric(t, "rollguard_certificate_expiry_timestamp_seconds") == 0 {
		t.Error("the certificate's expiry is not shown")
	}
}

// insecure talks to the endpoint as anybody on the network could. What the
// certificate says is not in question here.
func insecure(c *tls.Config) *http.Client {
	c.InsecureSkipVerify = true
	return &http.Client{Transport: &http.Transport{TLSClientConfig: c, ForceAttemptHTTP2: true}}
}

func TestTheEndpointSpeaksOnlyHTTP1OverModernTLS(t *testing.T) {
	client := insecure(&tls.Config{NextProtos: []string{"h2", "http/1.1"}})
	resp, err := client.Post(world.addresses.URL(), "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.ProtoMajor != 1 {
		t.Errorf("the endpoint speaks %s", resp.Proto)
	}
	old := insecure(&tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10})
	if resp, err := old.Post(world.addresses.URL(), "application/json", strings.NewReader("{}")); err == nil {
		resp.Body.Close()
		t.Error("the endpoint speaks TLS 1.1")
	}
}

func TestBadRequestsToTheEndpointAreRefusedAndTheNextIsAnswered(t *testing.T) {
	client := insecure(&tls.Config{})
	for name, bad := range map[string]struct {
		contentType string
		body        []byte
		code        int // 0: any that is not a success of admission
	}{
		"a body of 10 MB":            {"application/json", make([]byte, 10<<20), http.StatusRequestEntityTooLarge},
		"no JSON":                    {"application/json", []byte("hello"), 0},
		"an empty body":              {"application/json", nil, 0},
		"another content type":       {"text/plain", []byte("{}"), 0},
		"a review without a request": {"application/json", []byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`), 0},
		"a review nested deeply":     {"application/json", bytes.Repeat([]byte("["), 1<<20), 0},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := client.Post(world.addresses.URL(), bad.contentType, bytes.NewReader(bad.body))
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if bad.code != 0 && resp.StatusCode != bad.code {
				t.Errorf("answered %s, want %d", resp.Status, bad.code)
			}
			if bytes.Contains(body, []byte(`"patch"`)) {
				t.Errorf("answered with a patch: %s", body)
			}
		})
	}
	s := newShop(t, enabled, annotations)
	s.kubectl(s.bare(), "apply", "-f", "-")
	expect(t, s.get(), byContract())
}
