package admission_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/admission"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/topology"
)

const bare = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"namespace":"shop","name":"web"},"spec":{"replicas":8,
	"selector":{"matchLabels":{"app":"web"}},"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}},
	"template":{"metadata":{"labels":{"app":"web"}},"spec":{"terminationGracePeriodSeconds":30,"containers":[
	{"name":"app","image":"app:1","ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}]}]}},"progressDeadlineSeconds":600}}`

// constant is a cluster in which nothing happens.
type constant struct {
	namespace decision.Namespace
	err       error
}

func (c constant) Namespace(context.Context, string) (decision.Namespace, error) {
	return c.namespace, c.err
}
func (c constant) NativeSleep() bool { return true }

// shop is a labelled namespace with one Service; annotations are keys, without the
// prefix, and values.
func shop(annotations ...string) constant {
	c := constant{namespace: decision.Namespace{
		Labels:      map[string]string{api.LabelInject: api.InjectEnabled},
		Annotations: map[string]string{},
		Graph: topology.NewGraph(topology.Sources{Namespace: "shop", Services: []*corev1.Service{{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"},
			Spec: corev1.ServiceSpec{Selector: map[string]string{"app": "web"},
				Ports: []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromString("http")}}},
		}}}),
	}}
	for i := 0; i < len(annotations); i += 2 {
		c.namespace.Annotations[api.Prefix+annotations[i]] = annotations[i+1]
	}
	return c
}

// decider makes decisions as a test wants them.
type decider func(*decision.Request) (decision.Decision, error)

func (d decider) Make(req *decision.Request) (decision.Decision, error) { return d(req) }

// recorder keeps what is counted.
type recorder struct {
	mu                           sync.Mutex
	admissions, findings, errors []string
}

func (r *recorder) Admission(mode, outcome string, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if took < 0 {
		outcome = fmt.Sprintf("%s in %s", outcome, took)
	}
	r.admissions = append(r.admissions, mode+" "+outcome)
}

func (r *recorder) Finding(code string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.findings = append(r.findings, code)
}

func (r *recorder) InternalError(stage string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, stage)
}

func newHandler(cluster admission.Cluster) (*admission.Handler, *recorder) {
	counted := new(recorder)
	return &admission.Handler{
		Cluster:  cluster,
		Decider:  decision.NewMaker(api.NewResolver(nil, api.DefaultBounds())),
		Recorder: counted,
		Log:      zap.NewNop(),
		Warnings: admission.WarnChanges,
		Excluded: map[string]bool{"kube-system": true},
	}, counted
}

// review is the creation of bare, but for what is changed.
func review(t testing.TB, change ...func(*admissionv1.AdmissionRequest)) string {
	t.Helper()
	req := &admissionv1.AdmissionRequest{
		UID:       "e1a0c1de-7c55-4a0b-b7a5-0f1f5d4b9c21",
		Kind:      metav1.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"},
		Resource:  metav1.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"},
		Namespace: "shop", Name: "web", Operation: admissionv1.Create,
		Object: runtime.RawExtension{Raw: []byte(bare)},
	}
	for _, f := range change {
		f(req)
	}
	text, err := json.Marshal(&admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"}, Request: req,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// post sends a body as an API server does.
func post(t testing.TB, h http.Handler, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/mutate", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// answer posts a review and checks what every answer to one must be.
func answer(t testing.TB, h http.Handler, body string) *admissionv1.AdmissionResponse {
	t.Helper()
	w := post(t, h, body)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("status %d, content type %q: %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	decoder := json.NewDecoder(w.Body)
	decoder.DisallowUnknownFields()
	var got admissionv1.AdmissionReview
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.APIVersion != "admission.k8s.io/v1" || got.Kind != "AdmissionReview" || got.Request != nil || got.Response == nil {
		t.Fatalf("review %+v", got)
	}
	if r := got.Response; !r.Allowed || r.Result != nil || r.UID == "" {
		t.Fatalf("response %+v", r)
	}
	if r := got.Response; (len(r.Patch) > 0) != (r.PatchType != nil) || r.PatchType != nil && *r.PatchType != admissionv1.PatchTypeJSONPatch {
		t.Fatalf("patch %s of type %v", r.Patch, r.PatchType)
	}
	return got.Response
}

// patched applies a patch with the library that the API server uses.
func patched(t testing.TB, object string, patch []byte) string {
	t.Helper()
	operations, err := jsonpatch.DecodePatch(patch)
	if err != nil {
		t.Fatalf("%v: %s", err, patch)
	}
	out, err := operations.Apply([]byte(object))
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, patch, object)
	}
	return string(out)
}
