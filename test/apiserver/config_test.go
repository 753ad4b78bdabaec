package apiserver

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/server"
	"github.com/rollguard/rollguard/test/install"
)

// asks sends the creation of the shop's Deployment to one replica.
func (s *shop) asks(url string) *admissionv1.AdmissionResponse {
	s.t.Helper()
	object, err := yaml.YAMLToJSON([]byte(s.bare()))
	if err != nil {
		s.t.Fatal(err)
	}
	body, err := json.Marshal(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{
			UID: "1", Operation: admissionv1.Create, Namespace: s.name, Name: "web",
			Resource: metav1.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"},
			Object:   runtime.RawExtension{Raw: object},
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := insecure(&tls.Config{}).Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var review admissionv1.AdmissionReview
	if err := json.NewDecoder(resp.Body).Decode(&review); err != nil || review.Response == nil {
		s.t.Fatalf("%s: %v", resp.Status, err)
	}
	return review.Response
}

// The file is read again when it changes; a bad one is refused with a metric and an
// Event, and what was in use stays.
func TestTheConfigurationFileIsReadAgainAndABadOneIsRefused(t *testing.T) {
	s := newShop(t, enabled, "")
	file := filepath.Join(t.TempDir(), "webhook.yaml")
	write := func(fields string) {
		text := "apiVersion: rollguard.io/v1alpha1\nkind: WebhookConfiguration\n" + fields
		if err := os.WriteFile(file+".next", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".next", file); err != nil {
			t.Fatal(err)
		}
	}
	write("defaultTargetType: instance\n")
	o, addresses := anotherReplica(t)
	_, o.Certificates = certificateFiles(t)
	o.Certificates.Namespace, o.Decider, o.ConfigFile = "rollguard", nil, file
	o.Pod = server.Pod{Namespace: "rollguard", Name: strings.ToLower(s.name), UID: "4f6c1d0e-0000-4000-8000-000000000001"}
	var err error
	if o.Webhook, err = config.Load(file); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx, o) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	eventually(t, "the replica is ready", func(ctx context.Context) bool { return install.Ready(ctx, addresses.Ops) == nil })
	eventually(t, "the replica knows the shop", func(context.Context) bool { return len(s.asks(addresses.URL()).Patch) > 0 })
	if got := s.asks(addresses.URL()).Warnings; len(got) == 0 {
		t.Error("the replica warns of nothing from the start")
	}

	write("warnings: none\n")
	eventually(t, "the new file is in use", func(context.Context) bool { return len(s.asks(addresses.URL()).Warnings) == 0 })

	write("warnings: loud\n")
	refused := func(context.Context) bool { return replicaMetric(t, addresses.Ops, "rollguard_config_refused") == 1 }
	eventually(t, "the bad file is refused", refused)
	if got := s.asks(addresses.URL()); len(got.Warnings) > 0 || len(got.Patch) == 0 {
		t.Errorf("the file that was in use is so no more: %+v", got)
	}
	eventually(t, "an Event tells of it", func(ctx context.Context) bool {
		events, err := world.clients.CoreV1().Events("rollguard").List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=" + o.Pod.Name})
		return err == nil && len(events.Items) == 1 && events.Items[0].Reason == "ConfigurationRefused" && strings.Contains(events.Items[0].Message, "loud")
	})

	write("warnings: risks\nexcludedNamespaces: [" + s.name + "]\n")
	eventually(t, "a good file is taken again", func(context.Context) bool { return len(s.asks(addresses.URL()).Patch) == 0 })
	for series, want := range map[string]float64{
		"rollguard_config_refused":                          0,
		`rollguard_config_reloads_total{outcome="refused"}`: 1,
		`rollguard_config_reloads_total{outcome="applied"}`: 2,
	} {
		eventually(t, fmt.Sprintf("%s is %v", series, want), func(context.Context) bool { return replicaMetric(t, addresses.Ops, series) == want })
	}
}

func replicaMetric(t *testing.T, ops, series string) float64 {
	t.Helper()
	resp, err := http.Get("http://" + ops + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return seriesIn(t, string(body), series)
}
