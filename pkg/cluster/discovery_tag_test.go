package cluster

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"
)

// asked is a question after some seconds, and whether a look is due.
type asked struct {
	after int
	tag   string
	due   bool
}

func TestALookIsDueWhenSomethingElseIsServed(t *testing.T) {
	for name, questions := range map[string][]asked{
		"something new, and its kinds a moment later": {{0, "a", true}, {2, "a", true}, {8, "a", true}, {10, "a", false}, {30, "a", false}, {32, "b", true}, {34, "b", true}, {42, "b", false}},
		"nothing new":                    {{0, "a", true}, {10, "a", false}, {58, "a", false}, {60, "a", true}, {62, "a", false}},
		"an API server without tags":     {{0, "", true}, {2, "", false}, {8, "", false}, {10, "", true}, {12, "", false}, {20, "", true}},
		"one that is out of reach after": {{0, "a", true}, {8, "a", true}, {12, "", false}, {18, "", true}, {20, "a", false}},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Unix(1000, 0)
			var b beat
			var got []asked
			for _, q := range questions {
				now := start.Add(time.Duration(q.after) * time.Second)
				due := b.due(q.tag, now)
				if due {
					b.looked = now
				}
				got = append(got, asked{q.after, q.tag, due})
			}
			if diff := cmp.Diff(questions, got, cmp.AllowUnexported(asked{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestALookThatFailedIsDueAgainSoon(t *testing.T) {
	start := time.Unix(1000, 0)
	b := beat{tag: "a", looked: start, changed: start.Add(-time.Hour), failed: true}
	if b.due("a", start.Add(8*time.Second)) || !b.due("a", start.Add(10*time.Second)) {
		t.Error("it is not tried again after ten seconds")
	}
}

func TestTheTagIsAskedForWithTheLastOne(t *testing.T) {
	served := `"one"`
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/apis" || r.Header.Get("Accept") != aggregated {
			t.Errorf("%s, Accept %q", r.URL, r.Header.Get("Accept"))
		}
		switch {
		case served == "":
			w.WriteHeader(http.StatusForbidden)
			return
		case r.Header.Get("If-None-Match") == served:
			w.Header().Set("ETag", served)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", served)
	}))
	defer api.Close()
	d, err := newGroupDiscoverer(&rest.Config{Host: api.URL})
	if err != nil {
		t.Fatal(err)
	}
	for _, known := range []string{"", `"one"`, `"old"`} {
		if tag, err := d.tag(t.Context(), known); tag != served || err != nil {
			t.Errorf("tag %q, %v", tag, err)
		}
	}
	served = ""
	if _, err := d.tag(t.Context(), ""); err == nil {
		t.Error("a refusal is no error")
	}
}
