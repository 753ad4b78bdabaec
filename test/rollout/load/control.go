package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// errEnded is what steering finds when k6 is no more.
var errEnded = errors.New("k6 ended by itself; its log says why")

// status is what the REST API of k6 knows of a run ("k6 REST API").
type status struct {
	Data struct {
		Type       string         `json:"type"`
		ID         string         `json:"id"`
		Attributes map[string]any `json:"attributes"`
	} `json:"data"`
}

// patch changes some attributes of the run.
func (r *run) patch(ctx context.Context, attributes map[string]any) error {
	var s status
	s.Data.Type, s.Data.ID, s.Data.Attributes = "status", "default", attributes
	_, err := r.call(ctx, http.MethodPatch, s)
	return err
}

// running waits until k6 has made its users, which takes seconds for many.
func (r *run) running(ctx context.Context) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		// Until its API listens, the error means nothing.
		if s, err := r.call(ctx, http.MethodGet, nil); err == nil && s.Data.Attributes["running"] == true {
			return nil
		}
		select {
		case <-tick.C:
		case <-r.ended:
			return errEnded
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (r *run) call(ctx context.Context, method string, body any) (status, error) {
	var out status
	text, err := json.Marshal(body)
	if err != nil {
		return out, fmt.Errorf("call k6: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+r.address+"/v1/status", bytes.NewReader(text))
	if err != nil {
		return out, fmt.Errorf("call k6: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return out, fmt.Errorf("call k6: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return out, fmt.Errorf("call k6: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return out, fmt.Errorf("call k6: %s: %s", resp.Status, answer)
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return out, fmt.Errorf("read the answer of k6: %w", err)
	}
	return out, nil
}
