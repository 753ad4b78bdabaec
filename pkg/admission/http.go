package admission

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MaxBody is the largest review that is read, in bytes. A review holds at most two
// objects of up to 3 MiB each (apiserver pkg/server/config.go, MaxRequestBodyBytes).
const MaxBody = 7 << 20

// keptBody is the largest buffer that is kept for the next request, keptBodies how many
// are. What is kept counts for nobody, so that it has to be little.
const (
	keptBody   = 64 << 10
	keptBodies = 32
)

// maxError is the most that is said of what is no review, in runes: the parser's errors
// grow with the depth of what it reads.
const maxError = 300

// buffers are the memory of one request, used again. The trees of its review come with its
// turn, so that nobody holds some while his body is on its way.
type buffers struct {
	body   bytes.Buffer
	ticket ticket
}

// shelf is where buffers are kept.
type shelf struct {
	mu   sync.Mutex
	kept []*buffers
}

func (s *shelf) take() *buffers {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.kept) - 1
	if last < 0 {
		return new(buffers)
	}
	b := s.kept[last]
	s.kept[last] = nil // it may grow, and must be forgotten then
	s.kept = s.kept[:last]
	return b
}

func (s *shelf) give(b *buffers) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) < keptBodies && b.body.Cap() <= keptBody {
		s.kept = append(s.kept, b)
	}
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
	b := h.buffers.take()
	defer h.keep(b)
	ctx := within(r.Context(), r.URL, time.Now())
	defer ctx.end()
	req, status, err := h.read(ctx, b, w, r)
	if why, ok := isOverload(err); ok {
		h.passEarly(w, b.body.Bytes(), why)
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
	if err := h.Gate.enter(ctx, &b.ticket, b.body.Bytes()); err != nil {
		return nil, http.StatusServiceUnavailable, err
	}
	req, err := readReview(b.ticket.trees, b.body.Bytes())
	return req, http.StatusBadRequest, err
}

// readBody reads the body as it comes: what was only announced takes no memory. What
// there is no room for is read and thrown away, so that its sender hears the answer.
func (h *Handler) readBody(b *buffers, body io.Reader, announced int64) error {
	b.body.Reset()
	err := h.Gate.read(&b.ticket, int64(b.body.Cap()))
	for err == nil && announced <= MaxBody {
		if b.body.Available() < bytes.MinRead {
			more := max(firstRead, b.body.Cap())
			if err = h.Gate.read(&b.ticket, int64(more)); err != nil {
				break
			}
			b.body.Grow(more)
		}
		free := b.body.AvailableBuffer()
		n, failed := body.Read(free[:cap(free)])
		b.body.Write(free[:n])
		if errors.Is(failed, io.EOF) {
			return nil
		}
		if failed != nil {
			return failed
		}
	}
	if err != nil { // the uid is wanted for an answer
		start := make([]byte, max(0, earlyPart-b.body.Len()))
		n, _ := io.ReadFull(body, start) // what fails here fails again below
		b.body.Write(start[:n])
	}
	if _, failed := io.Copy(io.Discard, body); failed != nil {
		return failed
	}
	return err
}

// keep gives the memory to the next request.
func (h *Handler) keep(b *buffers) {
	h.Gate.leave(&b.ticket)
	h.buffers.give(b)
}
