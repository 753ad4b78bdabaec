package live

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/pkg/manifest"
)

// pageSize is how many objects are read at once.
const pageSize = 250

// list is a list that the API server has.
type list struct {
	path  string
	typed bool
}

// page is a part of a list: JSON, or objects where it is typed.
type page struct {
	json    []byte
	objects []metav1.Object
	next    string
}

func (p *page) file(name string) *manifest.File {
	if p.json == nil {
		return manifest.Decoded(name, p.objects)
	}
	return manifest.Served(name, p.json)
}

// pages reads a list page by page. The next page is asked for while one is used, so that
// the API server and this program work at the same time.
func (g *gathering) pages(ctx context.Context, l list, use func(page) error) error {
	work, ctx := errgroup.WithContext(ctx)
	ready := make(chan page)
	work.Go(func() error {
		defer close(ready)
		for next := ""; ; {
			p, err := g.fetch(ctx, l, next)
			if err != nil {
				return err
			}
			select {
			case ready <- p:
			case <-ctx.Done():
				return ctx.Err()
			}
			if next = p.next; next == "" {
				return nil
			}
		}
	})
	work.Go(func() error {
		for p := range ready {
			if err := use(p); err != nil {
				return err
			}
		}
		return nil
	})
	return work.Wait()
}

func (g *gathering) fetch(ctx context.Context, l list, next string) (page, error) {
	accept := "application/json"
	if l.typed {
		accept = runtime.ContentTypeProtobuf
	}
	req := g.clients.Discovery().RESTClient().Get().AbsPath(l.path).Param("limit", strconv.Itoa(pageSize)).SetHeader("Accept", accept)
	if next != "" {
		req = req.Param("continue", next)
	}
	raw, err := body(req.Do(ctx))
	if err != nil {
		return page{}, err
	}
	if l.typed {
		return decoded(raw)
	}
	next, err = continues(raw)
	return page{json: raw, next: next}, err
}

// continues finds metadata.continue, which stands before the items for most kinds: a tree
// of all of them would take many times the memory of the text.
func continues(raw []byte) (string, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil { // the brace
		return "", err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return "", err
		}
		var value struct{ Continue string }
		if key == "metadata" {
			err = d.Decode(&value)
			return value.Continue, err
		}
		var other json.RawMessage
		if err := d.Decode(&other); err != nil {
			return "", err
		}
	}
	return "", nil
}

func decoded(raw []byte) (page, error) {
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(raw, nil, nil)
	if err != nil {
		return page{}, err
	}
	head, err := meta.ListAccessor(object)
	if err != nil {
		return page{}, err
	}
	p := page{next: head.GetContinue()}
	err = meta.EachListItem(object, func(item runtime.Object) error {
		o, ok := item.(metav1.Object)
		if !ok {
			return fmt.Errorf("an item of a list is a %T", item)
		}
		p.objects = append(p.objects, o)
		return nil
	})
	return p, err
}

// body is the answer, or the API server's own words for an error: Raw alone knows only
// its code.
func body(r rest.Result) ([]byte, error) {
	if err := r.Error(); err != nil {
		return nil, err
	}
	return r.Raw()
}
