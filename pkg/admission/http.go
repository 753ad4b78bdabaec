package admission

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"time"

	"go.uber.org/zap"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MaxBody is the largest review that is read, in bytes. A review holds at most two
// objects of up to 3 MiB each (apiserver pkg/server/config.go, MaxRequestBodyBytes).
const MaxBody = 7 << 20

// maxError is the most that is said of what is no review, in runes: the parser's errors
// grow with the depth of what it reads.
const maxError = 300

// buffers are the memory of one request, used again. The trees of its review come with its
// turn, so that nobody holds some while his body is on its way.
type buffers struct {
	body   body
	ticket ticket
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
	b, ok := h.buffers.Get().(*buffers)
	if !ok {
		b = new(buffers)
	}
	defer h.keep(b)
	ctx := within(r.Context(), r.URL, time.Now())
	defer ctx.end()
	req, status, err := h.read(ctx, b, w, r)
	if why, is := isOverload(err); is {
		h.passEarly(w, b.body.beginning(), why)
		return
	}
	if err != nil {
		h.Log.Debug("no admission review", zap.Error(err))
		http.Error(w, fmt.Sprintf("%.*s", maxError, err), status)
		return
	}
	h.send(w, req.UID, decide(ctx, req))
}

func reviewType() metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"}
}

func (h *Handler) read(ctx context.Context, b *buffers, w http.ResponseWriter, r *http.Request) (*Request, int, error) {
	if r.Method != http.MethodPost {
		return nil, http.StatusMethodNotAllowed, errors.New("only POST is answered")
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, http.StatusUnsupportedMediaType, errors.New("the content type must be application/json")
	}
	if err := h.readBody(b, http.MaxBytesReader(w, r.Body, MaxBody), r.ContentLength); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, http.StatusRequestEntityTooLarge, errors.New("the admission review is too large")
		}
		return nil, http.StatusBadRequest, err
	}
	if err := h.Gate.enter(ctx, &b.ticket, b.body.weight()); err != nil {
		return nil, http.StatusServiceUnavailable, err
	}
	text := b.body.text(b.ticket.trees)
	if len(b.body.chunks) > 1 { // the next body may have them now
		h.chunks.give(&b.body)
		h.Gate.hasRead(&b.ticket)
	}
	req, err := readReview(b.ticket.trees, text)
	return req, http.StatusBadRequest, err
}

// keep gives the memory to the next request.
func (h *Handler) keep(b *buffers) {
	h.chunks.give(&b.body)
	h.Gate.leave(&b.ticket)
	h.buffers.Put(b)
}
