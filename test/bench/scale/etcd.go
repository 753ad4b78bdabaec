package scale

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

// batch is how many objects go into etcd in one transaction; its limit is 128.
const batch = 100

// writer puts objects into etcd as an API server stores them: protobuf, through etcd's
// JSON gateway.
type writer struct {
	client  *http.Client
	url     string
	pending []operation
}

// operation is one of a transaction (etcd api/etcdserverpb/rpc.proto, RequestOp).
type operation struct {
	Put keyValue `json:"requestPut"`
}

type keyValue struct {
	Key   []byte `json:"key"`
	Value []byte `json:"value"`
}

func newWriter(config *rest.Config) (*writer, error) {
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("client of etcd: %w", err)
	}
	return &writer{client: client, url: config.Host + "/v3/kv/txn"}, nil
}

func (w *writer) put(ctx context.Context, key string, object runtime.Object) error {
	value, err := encode(object)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	w.pending = append(w.pending, operation{keyValue{[]byte(key), value}})
	if len(w.pending) < batch {
		return nil
	}
	return w.flush(ctx)
}

func (w *writer) flush(ctx context.Context) (err error) {
	if len(w.pending) == 0 {
		return nil
	}
	body, err := json.Marshal(map[string]any{"success": w.pending})
	if err != nil {
		return err
	}
	w.pending = w.pending[:0]
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := w.client.Do(request)
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("etcd answers %s: %s", response.Status, text)
	}
	return err
}

func encode(object runtime.Object) ([]byte, error) {
	info, ok := runtime.SerializerInfoForMediaType(clientgoscheme.Codecs.SupportedMediaTypes(), runtime.ContentTypeProtobuf)
	if !ok {
		return nil, errors.New("there is no serializer for protobuf")
	}
	kinds, _, err := clientgoscheme.Scheme.ObjectKinds(object)
	if err != nil {
		return nil, err
	}
	encoder := clientgoscheme.Codecs.EncoderForVersion(info.Serializer, schema.GroupVersions{kinds[0].GroupVersion()})
	return runtime.Encode(encoder, object)
}
