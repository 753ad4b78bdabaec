package alb

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
)

// forward sends a request to the target, once, and hands its answer on. There is no
// second try, whatever fails: an ALB has none. (That is also why this is not
// http.Transport, which repeats a request that meets a closed kept connection.)
func (v *view) forward(w http.ResponseWriter, r *http.Request) Outcome {
	out := Outcome{Target: v.target.address}
	ctx := r.Context()
	c, reason := v.connect(ctx)
	if reason != "" {
		return out.failed(reason)
	}
	// A client that goes away takes its request with it.
	still := context.AfterFunc(ctx, func() { c.Close() })
	resp, err := c.exchange(r)
	if err != nil {
		still()
		v.pool.drop(c)
		return out.failed(exchangeReason(ctx, c, err))
	}
	defer resp.Body.Close() // at its end, or with the connection closed: it reads no more
	out.Status = resp.StatusCode
	copyHeader(w.Header(), resp.Header)
	if _, ok := resp.Header["Content-Type"]; !ok {
		w.Header()["Content-Type"] = nil // or the server guesses one
	}
	w.WriteHeader(resp.StatusCode)
	err = v.alb.copyBody(w, resp)
	if still() && err == nil && !resp.Close {
		v.pool.keep(c)
		return out
	}
	v.pool.drop(c)
	var lost clientError
	switch {
	case err == nil:
	case errors.As(err, &lost):
		return out.failed(ClientLeft)
	default:
		out.Reason, out.Partial = exchangeReason(ctx, c, err), true
	}
	return out
}

func (o Outcome) failed(r Reason) Outcome {
	o.Reason, o.Status = r, r.Status()
	return o
}

// exchange writes the request and reads the head of the answer.
func (c *conn) exchange(r *http.Request) (*http.Response, error) {
	out := r.WithContext(r.Context())
	out.Close = false
	out.Header = make(http.Header, len(r.Header)+3)
	copyHeader(out.Header, r.Header)
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header.Set("User-Agent", "") // or Request.Write adds its own
	}
	if client, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		out.Header["X-Forwarded-For"] = slices.Concat(r.Header["X-Forwarded-For"], []string{client})
	}
	out.Header["X-Forwarded-Proto"] = []string{"http"}
	if err := out.Write(c.writer); err != nil {
		return nil, err
	}
	if err := c.writer.Flush(); err != nil {
		return nil, err
	}
	for {
		resp, err := http.ReadResponse(c.reader, out)
		// Interim answers (1xx) are not handed on.
		if err != nil || resp.StatusCode >= 200 {
			return resp, err
		}
	}
}

// copyHeader leaves out what concerns one connection only.
func copyHeader(to, from http.Header) {
	for key, values := range from {
		switch key {
		case "Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Expect":
		default:
			to[key] = values
		}
	}
}

// clientError is a failure to write to the client.
type clientError struct{ error }

// copyBody hands the body on as it comes.
func (a *ALB) copyBody(w http.ResponseWriter, resp *http.Response) error {
	buffer := a.buffers.Get().(*[]byte)
	defer a.buffers.Put(buffer)
	for {
		n, err := resp.Body.Read(*buffer)
		if n > 0 {
			if _, err := w.Write((*buffer)[:n]); err != nil {
				return clientError{err}
			}
			if resp.ContentLength < 0 {
				// A stream: nobody knows when more comes.
				if err := http.NewResponseController(w).Flush(); err != nil {
					return clientError{err}
				}
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}
