package cluster

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	// askEvery is how often it is asked whether an API server serves anything else than
	// before. The answer is a header and no body (304) as long as it does not.
	askEvery = 2 * time.Second
	// discoverEvery is how often it is looked which optional kinds came or went where that
	// cannot be asked, where looking failed, and for a while after something changed. It
	// takes one small request for each API group, and for each of its versions in use.
	discoverEvery = 10 * time.Second
	// discoverAnyway is how often it is looked all the same.
	discoverAnyway = time.Minute
	// tagTimeout bounds one question.
	tagTimeout = 10 * time.Second
)

// aggregated asks for everything that is served in one document, which has an ETag: KEP-3352,
// version v2 since Kubernetes 1.30. An older API server answers without one.
const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"

// tag is the ETag of all that is served, "" where there is none. known is the last one.
func (d groupDiscoverer) tag(ctx context.Context, known string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, tagTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.RESTClient().Get().AbsPath("/apis").URL().String(), nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Accept", aggregated)
	if known != "" {
		req.Header.Set("If-None-Match", known)
	}
	resp, err := d.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() // unread: all kinds of a cluster are a large document
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNotModified {
		return "", fmt.Errorf("GET /apis: %s", resp.Status)
	}
	return resp.Header.Get("ETag"), nil
}

// beat says when to look which optional kinds there are.
type beat struct {
	tag string
	// looked is when that was last done, and failed whether in vain; changed is when tag last
	// changed.
	looked, changed time.Time
	failed          bool
}

// due takes the tag of this moment, "" for unknown. Once it has changed, all looks of the next
// seconds are due: a group is listed a moment before its kinds are served.
func (b *beat) due(tag string, now time.Time) bool {
	if tag != "" && tag != b.tag {
		b.tag, b.changed = tag, now
	}
	every := discoverAnyway
	switch {
	case now.Sub(b.changed) < discoverEvery:
		return true
	case tag == "" || b.failed:
		every = discoverEvery
	}
	return now.Sub(b.looked) >= every
}
