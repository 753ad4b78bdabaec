package posture

import (
	"context"
	"fmt"

	"github.com/valyala/fastjson"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

// pageSize is how many Deployments are read at once. One may be as large as 1 MiB,
// most have some KiB.
const pageSize = 50

// read goes through the Deployments of the namespace, or the one of that name, page by page. They are read as
// JSON, which the core wants, and none outlives its page.
func (v *survey) read(ctx context.Context, name string) error {
	options := metav1.ListOptions{Limit: pageSize}
	if name != "" {
		options.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, name).String()
	}
	var parser fastjson.Parser
	for {
		raw, err := body(v.Clients.AppsV1().RESTClient().Get().
			Namespace(v.name).Resource("deployments").
			SetHeader("Accept", "application/json").
			VersionedParams(&options, scheme.ParameterCodec).
			Do(ctx))
		if err != nil {
			return fmt.Errorf("list Deployments of namespace %s: %w", v.name, err)
		}
		page, err := parser.ParseBytes(raw)
		if err != nil {
			return fmt.Errorf("list Deployments of namespace %s: %w", v.name, err)
		}
		for _, item := range page.GetArray("items") {
			v.consider(ctx, item)
		}
		if options.Continue = string(page.GetStringBytes("metadata", "continue")); options.Continue == "" {
			return nil
		}
	}
}

// body is the answer, or the API server's own words for an error: Raw alone knows only
// its code.
func body(r rest.Result) ([]byte, error) {
	if err := r.Error(); err != nil {
		return nil, err
	}
	return r.Raw()
}
