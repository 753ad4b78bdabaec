package admission

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"

	"github.com/valyala/fastjson"
	"go.uber.org/zap"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MaxBody is the largest review that is read, in bytes. A review holds at most two
// objects of up to 3 MiB each (apiserver pkg/server/config.go, MaxRequestBodyBytes).
const MaxBody = 7 << 20

// keptBody is the largest buffer that is kept for the next request.
const keptBody = 1 << 20

// maxError is the most that is said of what is no review, in runes: the parser's errors
// grow with the depth of what it reads.
const maxError = 300

// buffers are the memory of one request, used again.
type buffers struct {
	body   bytes.Buffer
	parser fastjson.Parser
}

// ServeHTTP answers one review. What is no review gets an HTTP error, which an API
// server takes for a failed call, so that failurePolicy decides; everything else is
// answered as allowed.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.answer(w, r, h.Handle) }

// Reached allows whatever it is asked about and looks at nothing: an API server that
// gets this answer reaches us, and accepts our certificate. It is for the self-probe.
func (h *Handler) Reached(w http.ResponseWriter, r *http.Request) {
	h.answer(w, r, func(context.Context, *Request) *admissionv1.AdmissionResponse { return allowed() })
}

func (h *Handler) answer(w http.ResponseWriter, r *http.Request, decide func(context.Context, *Request) *admissionv1.AdmissionResponse) {
	b, _ := h.buffers.Get().(*buffers)
	if b == nil {
		b = new(buffers)
	}
	defer h.keep(b)
	req, status, err := b.read(w, r)
	if err != nil {
		h.Log.Debug("no admission review", zap.Error(err))
		http.Error(w, fmt.Sprintf("%.*s", maxError, err), status)
		return
	}
	resp := decide(r.Context(), req)
	resp.UID = req.UID
	w.Header().Set("Content-Type", "application/json")
	review := admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"},
		Response: resp,
	}
	if err := json.NewEncoder(w).Encode(&review); err != nil {
		h.Log.Warn("an answer could not be sent", zap.String("uid", string(req.UID)), zap.Error(err))
	}
}

func (b *buffers) read(w http.ResponseWriter, r *http.Request) (*Request, int, error) {
	if r.Method != http.MethodPost {
		return nil, http.StatusMethodNotAllowed, errors.New("only POST is answered")
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, http.StatusUnsupportedMediaType, errors.New("the content type must be application/json")
	}
	b.body.Reset()
	if _, err := b.body.ReadFrom(http.MaxBytesReader(w, r.Body, MaxBody)); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, http.StatusRequestEntityTooLarge, errors.New("the admission review is too large")
		}
		return nil, http.StatusBadRequest, err
	}
	req, err := readReview(&b.parser, b.body.Bytes())
	return req, http.StatusBadRequest, err
}

// keep gives the memory to the next request, unless one huge object made it large.
func (h *Handler) keep(b *buffers) {
	if b.body.Cap() <= keptBody {
		h.buffers.Put(b)
	}
}
