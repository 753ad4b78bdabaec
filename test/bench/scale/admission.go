package scale

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/test/bench"
)

// caller posts reviews as an API server does, over one connection that is kept.
type caller struct {
	client *http.Client
	url    string
}

func newCaller(ctx context.Context, clients kubernetes.Interface, url string) (*caller, error) {
	c, err := clients.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(ctx, "rollguard", metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if len(c.Webhooks) == 0 || !roots.AppendCertsFromPEM(c.Webhooks[0].ClientConfig.CABundle) {
		return nil, errors.New("the webhook configuration has no usable caBundle")
	}
	return &caller{url: url, client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: roots}, MaxIdleConnsPerHost: 1,
	}}}, nil
}

// times posts a review for each place, one after the other.
func (c *caller) times(ctx context.Context, places []place) (percentiles, error) {
	out := make(percentiles, 0, len(places))
	for _, p := range places {
		review, err := reviewOf(p)
		if err != nil {
			return nil, err
		}
		took, err := c.post(ctx, review)
		if err != nil {
			return nil, fmt.Errorf("%s in %s: %w", p.app, p.namespace, err)
		}
		out = append(out, took)
	}
	slices.Sort(out)
	return out, nil
}

func (c *caller) post(ctx context.Context, review []byte) (took time.Duration, err error) {
	start := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(review))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		return 0, err
	}
	took = time.Since(start)
	answer, err := bench.Answer(body.Bytes())
	if err != nil {
		return 0, err
	}
	if !bytes.Contains(answer.Patch, []byte("minReadySeconds")) && !bytes.Contains(answer.Patch, []byte("preStop")) {
		return 0, fmt.Errorf("the answer completes nothing: %s", answer.Patch)
	}
	return took, nil
}

// reviewOf is the review of the creation of a Deployment.
func reviewOf(p place) ([]byte, error) {
	object, err := json.Marshal(deployment(p.namespace, p.app))
	if err != nil {
		return nil, err
	}
	kind := metav1.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}
	resource := metav1.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	return json.Marshal(&admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{
			UID: "e1a0c1de-7c55-4a0b-b7a5-0f1f5d4b9c21", Kind: kind, RequestKind: &kind, Resource: resource, RequestResource: &resource,
			Name: p.app, Namespace: p.namespace, Operation: admissionv1.Create, Object: runtime.RawExtension{Raw: object},
		},
	})
}
