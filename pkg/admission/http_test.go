package admission_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	admissionv1 "k8s.io/api/admission/v1"
)

func TestWhatIsNoReviewIsAnsweredWithAnHTTPError(t *testing.T) {
	whole := review(t)
	for name, tc := range map[string]struct {
		body   string
		status int
		want   string
	}{
		"nothing":                  {"", 400, "cannot parse JSON"},
		"garbage":                  {"\x00\xff", 400, "cannot parse JSON"},
		"half a review":            {whole[:len(whole)/2], 400, "cannot parse JSON"},
		"two reviews":              {whole + whole, 400, "unexpected tail"},
		"null":                     {"null", 400, "expected an AdmissionReview"},
		"a list":                   {"[" + whole + "]", 400, "expected an AdmissionReview"},
		"an empty object":          {"{}", 400, `apiVersion "", kind "": expected an AdmissionReview of admission.k8s.io/v1`},
		"another version":          {strings.Replace(whole, "admission.k8s.io/v1", "admission.k8s.io/v1beta1", 1), 400, `apiVersion "admission.k8s.io/v1beta1"`},
		"another kind":             {strings.Replace(whole, "AdmissionReview", "ConversionReview", 1), 400, `kind "ConversionReview"`},
		"a version without end":    {`{"apiVersion":"` + strings.Repeat("v", 9000) + `"}`, 400, strings.Repeat("v", 64) + `", kind`},
		"a version that is none":   {`{"apiVersion":1,"kind":[]}`, 400, `apiVersion "", kind ""`},
		"no request":               {`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`, 400, "has no request"},
		"a null request":           {`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":null}`, 400, "has no request"},
		"a request that is a word": {`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":"x"}`, 400, "has no request"},
		"no uid":                   {review(t, func(r *admissionv1.AdmissionRequest) { r.UID = "" }), 400, "has no uid"},
		"a uid that is a number":   {strings.Replace(whole, `"uid":"e1a0c1de-7c55-4a0b-b7a5-0f1f5d4b9c21"`, `"uid":7`, 1), 400, "has no uid"},
		"nested without end":       {strings.Repeat("[", 1<<20), 400, "cannot parse"},
		"nested in the object":     {nested(t, 400), 400, "cannot parse"},
		"more than 7 MiB":          {strings.Repeat(" ", 7<<20+1), 413, "the admission review is too large"},
		"a huge review":            {padded(t, 7<<20+1), 413, "the admission review is too large"},
	} {
		h, counted := newHandler(shop())
		w := post(t, h, tc.body)
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.want) || w.Body.Len() > 500 {
			t.Errorf("%s: status %d, want %d %s: %.1000s", name, w.Code, tc.status, tc.want, w.Body)
		}
		if diff := cmp.Diff(new(recorder), counted, cmp.AllowUnexported(recorder{}), ignoreLock); diff != "" {
			t.Errorf("%s: counted, -want +got:\n%s", name, diff)
		}
	}
}

// nested is a review whose object has a value so many levels deep.
func nested(t *testing.T, depth int) string {
	t.Helper()
	deep := strings.Repeat(`{"x":`, depth) + "1" + strings.Repeat("}", depth)
	return review(t, func(r *admissionv1.AdmissionRequest) { r.Object.Raw = []byte(`{"status":` + deep + `,` + bare[1:]) })
}

// padded is a review of so many bytes, most of them in what is not read.
func padded(t *testing.T, size int) string {
	t.Helper()
	with := func(n int) string {
		return review(t, func(r *admissionv1.AdmissionRequest) {
			r.Options.Raw = []byte(`{"note":"` + strings.Repeat("x", n) + `"}`)
		})
	}
	return with(size - len(with(0)))
}

func TestALargeOrDeepReviewIsAnsweredAsAnyOther(t *testing.T) {
	h, _ := newHandler(shop())
	for name, body := range map[string]string{
		"as large as may be":            padded(t, 7<<20),
		"larger than what is kept":      padded(t, 2<<20),
		"nested deeply":                 nested(t, 200),
		"with fields that nobody knows": strings.Replace(strings.Replace(review(t), `"request":{`, `"later":[{}],"request":{"later":{"x":null},`, 1), `"spec":{`, `"later":7,"spec":{`, 1),
		"with blanks around":            " \r\n\t" + review(t) + "\n",
	} {
		if resp := answer(t, h, body); len(resp.Patch) == 0 {
			t.Errorf("%s: response %+v", name, resp)
		}
	}
}

func TestOnlyPOSTIsAnswered(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, "post"} {
		h, counted := newHandler(shop())
		r := httptest.NewRequestWithContext(t.Context(), method, "/mutate", strings.NewReader(review(t)))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusMethodNotAllowed || len(counted.admissions) > 0 {
			t.Errorf("%s: status %d", method, w.Code)
		}
	}
}

func TestTheContentTypeMustBeJSON(t *testing.T) {
	for contentType, want := range map[string]int{
		"application/json":                    200,
		"application/json; charset=utf-8":     200,
		"Application/JSON;charset=\"UTF-8\"":  200,
		"":                                    415,
		"text/plain":                          415,
		"application/yaml":                    415,
		"application/json-patch+json":         415,
		"application/vnd.kubernetes.protobuf": 415,
		"application/json; charset":           415,
	} {
		h, _ := newHandler(shop())
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/mutate", strings.NewReader(review(t)))
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: status %d, want %d", contentType, w.Code, want)
		}
	}
}

func TestABodyThatBreaksOffIsABadRequest(t *testing.T) {
	h, _ := newHandler(shop())
	half := io.MultiReader(strings.NewReader(review(t)[:100]), iotest.ErrReader(errors.New("gone")))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/mutate", half)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "gone") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if resp := answer(t, h, review(t)); len(resp.Patch) == 0 {
		t.Errorf("the next review gets %+v", resp)
	}
}

// hungUp is a client that is gone when the answer comes.
type hungUp struct{ *httptest.ResponseRecorder }

func (hungUp) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestAnAnswerThatNobodyTakesIsLogged(t *testing.T) {
	h, counted := newHandler(shop())
	core, logs := observer.New(zap.WarnLevel)
	h.Log = zap.New(core)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/mutate", strings.NewReader(review(t)))
	r.Header.Set("Content-Type", "application/json")
	h.ServeHTTP(hungUp{httptest.NewRecorder()}, r)
	if logs.FilterMessage("an answer could not be sent").FilterField(zap.String("uid", "e1a0c1de-7c55-4a0b-b7a5-0f1f5d4b9c21")).Len() != 1 {
		t.Errorf("log %+v", logs.All())
	}
	if diff := cmp.Diff([]string{"fill changed"}, counted.admissions); diff != "" {
		t.Errorf("admissions, -want +got:\n%s", diff)
	}
}
