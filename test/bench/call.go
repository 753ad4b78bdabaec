package bench

import (
	"bytes"
	"fmt"
	"net/http"
)

// Call posts one review to one handler, as often as wanted. Request and response
// are used again, so that what is counted is the handler's. A Call is not safe for
// concurrent use.
type Call struct {
	handler http.Handler
	review  []byte
	request *http.Request
	body    body
	reply   reply
}

// NewCall prepares the call.
func NewCall(handler http.Handler, review []byte) (*Call, error) {
	request, err := http.NewRequest(http.MethodPost, "/mutate", http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	return &Call{handler: handler, review: review, request: request, reply: reply{header: http.Header{}}}, nil
}

// Do makes the call once. The answer is valid until the next.
func (c *Call) Do() []byte {
	c.body.Reset(c.review)
	c.request.Body = &c.body
	c.reply.body.Reset()
	c.handler.ServeHTTP(&c.reply, c.request)
	return c.reply.body.Bytes()
}

// body is a request body that can be read again.
type body struct{ bytes.Reader }

// Close does nothing.
func (*body) Close() error { return nil }

// reply is the least that can take an answer.
type reply struct {
	header http.Header
	body   bytes.Buffer
}

func (r *reply) Header() http.Header         { return r.header }
func (r *reply) Write(p []byte) (int, error) { return r.body.Write(p) }
func (r *reply) WriteHeader(int)             {}
