package admission_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/rollguard/rollguard/pkg/admission"
	"github.com/rollguard/rollguard/pkg/decision"
)

// ofTheManifest is the memory limit that the manifest gives to the Go runtime.
const ofTheManifest = 89 << 20

// busy is a cluster in which every look takes until the request ends or is let go.
type busy struct {
	constant
	entered chan struct{}
	letGo   chan struct{}
}

func (b busy) Namespace(ctx context.Context, name string) (decision.Namespace, error) {
	b.entered <- struct{}{}
	select {
	case <-b.letGo:
		return b.constant.Namespace(ctx, name)
	case <-ctx.Done():
		return decision.Namespace{}, ctx.Err()
	}
}

func postTo(t *testing.T, h http.Handler, url string, body io.Reader) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// reply reads an answer.
func reply(t *testing.T, w *httptest.ResponseRecorder) *admissionv1.AdmissionResponse {
	t.Helper()
	var review admissionv1.AdmissionReview
	if err := json.Unmarshal(w.Body.Bytes(), &review); err != nil || review.Response == nil {
		t.Fatalf("status %d, %v: %s", w.Code, err, w.Body)
	}
	return review.Response
}

// passedEarly is what an author gets when there was no room.
func passedEarly(t *testing.T, resp *admissionv1.AdmissionResponse, warning, audit string) {
	t.Helper()
	if !resp.Allowed || resp.Patch != nil || resp.UID != "e1a0c1de-7c55-4a0b-b7a5-0f1f5d4b9c21" {
		t.Errorf("%+v", resp)
	}
	if len(resp.Warnings) != 1 || !strings.Contains(resp.Warnings[0], warning) || !strings.HasPrefix(resp.AuditAnnotations["error"], audit) {
		t.Errorf("warnings %q, audit %q", resp.Warnings, resp.AuditAnnotations)
	}
}

func TestWhatComesWhileAllTurnsAreTakenPassesUnchangedInTime(t *testing.T) {
	cluster := busy{shop(), make(chan struct{}), make(chan struct{})}
	h, counted := newHandler(cluster)
	h.Gate = admission.NewGate(ofTheManifest)
	var waiting sync.WaitGroup
	const turns = 64
	for range turns {
		waiting.Go(func() { postTo(t, h, "/mutate?timeout=30s", strings.NewReader(review(t))) })
		<-cluster.entered
	}
	passedEarly(t, reply(t, postTo(t, h, "/mutate?timeout=20ms", strings.NewReader(review(t)))), "too busy", "overload: too many requests are being decided")
	close(cluster.letGo)
	waiting.Wait()
	go func() { <-cluster.entered }()
	if resp := reply(t, postTo(t, h, "/mutate?timeout=30s", strings.NewReader(review(t)))); resp.Patch == nil {
		t.Errorf("when all is quiet again: %+v", resp)
	}
	if got := counted.admissions[0]; got != "fill overloaded" {
		t.Errorf("counted %q", got)
	}
}

func TestAReviewWithMoreValuesThanThereIsMemoryForPassesUnchanged(t *testing.T) {
	h, _ := newHandler(shop())
	h.Gate = admission.NewGate(ofTheManifest)
	dense := review(t, func(r *admissionv1.AdmissionRequest) {
		r.OldObject = runtime.RawExtension{Raw: []byte(`{"list":[` + strings.Repeat("1,", 1<<20) + `1]}`)}
	})
	passedEarly(t, reply(t, postTo(t, h, "/mutate", strings.NewReader(dense))), "too large for Rollguard's memory limit", "overload: the review has ")
	// Bytes alone are no reason: a long annotation is one value.
	if resp := reply(t, postTo(t, h, "/mutate", strings.NewReader(padded(t, 7<<20)))); resp.Patch == nil {
		t.Errorf("a review of 7 MiB with few values: %+v", resp)
	}
}

// stuck gives its bytes and then waits.
type stuck struct {
	text    io.Reader
	reading chan struct{}
	release chan struct{}
}

func (s *stuck) Read(p []byte) (int, error) {
	n, err := s.text.Read(p)
	if errors.Is(err, io.EOF) {
		s.reading <- struct{}{}
		<-s.release
	}
	return n, err
}

func TestSlowBodiesTakeTheMemoryOfBodiesAndNothingElse(t *testing.T) {
	h, _ := newHandler(shop())
	h.Gate = admission.NewGate(ofTheManifest)
	reading, release := make(chan struct{}), make(chan struct{})
	var slow sync.WaitGroup
	for range 5 { // each holds 2 MiB; there are 11 for all
		slow.Go(func() {
			postTo(t, h, "/mutate", &stuck{text: strings.NewReader(padded(t, 2<<20-100)), reading: reading, release: release})
		})
		<-reading
	}
	resp := reply(t, postTo(t, h, "/mutate", strings.NewReader(padded(t, 3<<20))))
	passedEarly(t, resp, "too busy", "overload: too many requests are being read")
	close(release)
	slow.Wait()
	if resp := reply(t, postTo(t, h, "/mutate", strings.NewReader(padded(t, 3<<20)))); resp.Patch == nil {
		t.Errorf("when all is quiet again: %+v", resp)
	}
}

func TestAnOverloadedHandlerWantsAUIDForItsAnswer(t *testing.T) {
	many := strings.Repeat("1,", 1<<20)
	for name, tc := range map[string]struct {
		body string
		uid  string
	}{
		"as an API server writes it": {`{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"x","a":[` + many + `1]}}`, "x"},
		"after another object":       {`{"request":{"a":{},"uid":"x","b":[` + many + `1]}}`, ""},
		"not in the request":         {`{"uid":"x","a":[` + many + `1]}`, ""},
		"a number":                   {`{"request":{"uid":7,"a":[` + many + `1]}}`, ""},
		"garbage":                    {"[" + many + "1]", ""},
		"a text":                     {`"` + many + `"`, ""},
		"only commas":                {many, ""},
		"far behind":                 {`{"request":{"a":"` + strings.Repeat("x", 2000) + `","uid":"x","b":[` + many + `1]}}`, ""},
	} {
		h, _ := newHandler(shop())
		h.Gate = admission.NewGate(ofTheManifest)
		w := postTo(t, h, "/mutate", strings.NewReader(tc.body))
		if tc.uid == "" {
			if w.Code != http.StatusServiceUnavailable {
				t.Errorf("%s: status %d: %.200s", name, w.Code, w.Body)
			}
			continue
		}
		if resp := reply(t, w); string(resp.UID) != tc.uid || !resp.Allowed {
			t.Errorf("%s: %+v", name, resp)
		}
	}
}

// ends waits for the end of its context, and tells when that should have been.
type ends struct {
	constant
	told chan error
}

func (e ends) Namespace(ctx context.Context, _ string) (decision.Namespace, error) {
	_, has := ctx.Deadline()
	if !has {
		e.told <- errors.New("there is no deadline")
	}
	<-ctx.Done()
	e.told <- ctx.Err()
	return decision.Namespace{}, ctx.Err()
}

func TestADecisionEndsBeforeTheAPIServerGivesUp(t *testing.T) {
	cluster := ends{shop(), make(chan error, 2)}
	h, counted := newHandler(cluster)
	resp := reply(t, postTo(t, h, "/mutate?other=1&timeout=10ms", strings.NewReader(review(t))))
	if err := <-cluster.told; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ended with %v", err)
	}
	if !resp.Allowed || resp.Patch != nil {
		t.Errorf("%+v", resp)
	}
	if diff := cmp.Diff([]string{"gather"}, counted.errors); diff != "" {
		t.Error(diff)
	}
}
