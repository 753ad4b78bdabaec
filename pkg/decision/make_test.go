package decision_test

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/capacity"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/topology"
)

const bare = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"namespace":"shop","name":"web"},"spec":{"replicas":8,
	"selector":{"matchLabels":{"app":"web"}},"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}},
	"template":{"metadata":{"labels":{"app":"web"}},"spec":{"terminationGracePeriodSeconds":30,"containers":[
	{"name":"app","image":"app:1","ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}]}]}},"progressDeadlineSeconds":600}}`

func maker() *decision.Maker {
	return decision.NewMaker(api.NewResolver(nil, api.DefaultBounds()))
}

// write is one write of a Deployment, in raw form.
type write struct {
	New, Old                   []byte
	Namespace                  map[string]string
	Graph                      *topology.Graph
	Room                       capacity.Room
	NativeSleep, AssumeService bool
}

func (w write) request() *decision.Request {
	return &decision.Request{
		New: w.New, Old: w.Old, Namespace: w.Namespace, Graph: w.Graph, Room: w.Room,
		NativeSleep: w.NativeSleep, AssumeService: w.AssumeService,
	}
}

func (w write) make(m *decision.Maker) (decision.Decision, error) { return m.Make(w.request()) }

// parsed makes the same decision of objects that are parsed already.
func (w write) parsed(t testing.TB, m *decision.Maker) (decision.Decision, error) {
	t.Helper()
	request, current := w.request(), w.New
	parsed := &decision.Parsed{
		New:   fastjson.MustParseBytes(current),
		Fresh: func() (*fastjson.Value, error) { return fastjson.ParseBytes(current) },
	}
	if len(w.Old) > 0 {
		parsed.Old = fastjson.MustParseBytes(w.Old)
	}
	request.New, request.Old, request.Parsed = nil, nil, parsed
	return m.Make(request)
}

// behind is a Service of port http, and with a target type an ALB in front of it.
func behind(targetType string, change ...func(*topology.Sources)) *topology.Graph {
	class := "alb"
	src := topology.Sources{Namespace: "shop", Services: []*corev1.Service{{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"},
		Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeNodePort, Selector: map[string]string{"app": "web"},
			Ports: []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromString("http")}}},
	}}}
	if targetType != "" {
		src.Classes = []*networkingv1.IngressClass{{ObjectMeta: metav1.ObjectMeta{Name: class}, Spec: networkingv1.IngressClassSpec{Controller: topology.ControllerLBC}}}
		src.Ingresses = []*networkingv1.Ingress{{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", Annotations: map[string]string{"alb.ingress.kubernetes.io/target-type": targetType}},
			Spec: networkingv1.IngressSpec{IngressClassName: &class, DefaultBackend: &networkingv1.IngressBackend{
				Service: &networkingv1.IngressServiceBackend{Name: "web", Port: networkingv1.ServiceBackendPort{Number: 80}},
			}},
		}}
	}
	for _, f := range change {
		f(&src)
	}
	return topology.NewGraph(src)
}

// applied runs the patch through the library that the API server uses.
func applied(t testing.TB, doc []byte, ops []patch.Operation) []byte {
	t.Helper()
	if len(ops) == 0 {
		return doc
	}
	text, err := patch.Marshal(ops)
	if err != nil {
		t.Fatal(err)
	}
	operations, err := jsonpatch.DecodePatch(text)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	out, err := operations.Apply(doc)
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, text, doc)
	}
	return out
}

func decoded(t testing.TB, text []byte) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out
}

func TestABareDeploymentBehindAnALBGetsExactlyTheExampleOfTheContract(t *testing.T) {
	d, err := write{
		New: []byte(bare), Graph: behind("ip"), NativeSleep: true,
		Namespace: map[string]string{
			"rollguard.io/readiness-path": "/test", "rollguard.io/startup-path": "/__health",
			"rollguard.io/readiness-timeout": "1s", "rollguard.io/startup-timeout": "1s",
			"rollguard.io/startup-period": "10s", "rollguard.io/startup-failure-threshold": "3",
		},
	}.make(maker())
	if err != nil {
		t.Fatal(err)
	}
	got := decoded(t, applied(t, []byte(bare), d.Patch))
	delete(got["metadata"].(map[string]any), "annotations")
	want := decoded(t, []byte(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"namespace":"shop","name":"web"},"spec":{"replicas":8,
		"selector":{"matchLabels":{"app":"web"}},"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":0,"maxSurge":"25%"}},
		"minReadySeconds":25,"progressDeadlineSeconds":600,
		"template":{"metadata":{"labels":{"app":"web"}},"spec":{"terminationGracePeriodSeconds":30,"containers":[
		{"name":"app","image":"app:1","ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],
		"startupProbe":{"httpGet":{"path":"/__health","port":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},
		"readinessProbe":{"httpGet":{"path":"/test","port":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":1,"successThreshold":3,"failureThreshold":5},
		"lifecycle":{"preStop":{"sleep":{"seconds":20}}}}]}}}}`))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestADeploymentThatCannotBeReadIsAnErrorOfTheReadStage(t *testing.T) {
	for name, request := range map[string]write{
		"no JSON":          {New: []byte(`{`)},
		"nothing":          {New: nil},
		"a wrong type":     {New: []byte(`{"spec":{"replicas":"x"}}`)},
		"a null container": {New: []byte(`{"spec":{"template":{"spec":{"containers":[null]}}}}`)},
		"old is no JSON":   {New: []byte(bare), Old: []byte(`{`)},
		"old is no object": {New: []byte(bare), Old: []byte(`[]`)},
	} {
		request.Graph = behind("")
		d, err := request.make(maker())
		var failure *decision.Error
		if !errors.As(err, &failure) || failure.Stage != decision.StageRead || len(d.Patch) > 0 {
			t.Errorf("%s: error %v, patch %v", name, err, d.Patch)
		}
		if strings.HasPrefix(name, "old") && !strings.HasPrefix(err.Error(), "read: old object: ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestAnErrorGivesItsCause(t *testing.T) {
	cause := errors.New("cause")
	err := error(&decision.Error{Stage: decision.StageProve, Err: cause})
	if !errors.Is(err, cause) || err.Error() != "prove: cause" {
		t.Errorf("error %v", err)
	}
}

func TestANamedPortIsLookedUpInContainersBeforeSidecars(t *testing.T) {
	text := strings.Replace(bare, `"containers":[`, `"initContainers":[{"name":"proxy","restartPolicy":"Always","ports":[{"name":"http","containerPort":9,"protocol":"TCP"}]}],"containers":[`, 1)
	d, err := write{New: []byte(text), Graph: behind("")}.make(maker())
	if err != nil {
		t.Fatal(err)
	}
	if r := d.Exposure.Routes; len(r) != 1 || *r[0].Container != "app" || *r[0].ContainerPort != 8080 {
		t.Errorf("routes %+v", r)
	}
}

func TestAMakerMayBeUsedByManyAtOnce(t *testing.T) {
	m := maker()
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			graph, sleep := behind(""), `{"sleep":{"seconds":20}}`
			if i%2 == 1 {
				graph, sleep = behind("instance"), `{"sleep":{"seconds":40}}`
			}
			for range 50 {
				d, err := write{New: []byte(bare), Graph: graph, NativeSleep: true}.make(m)
				text, _ := patch.Marshal(d.Patch)
				if err != nil || !strings.Contains(string(text), sleep) {
					t.Errorf("error %v, patch %s", err, text)
					return
				}
			}
		})
	}
	wait.Wait()
}
