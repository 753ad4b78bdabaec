package apiserver

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	typedappsv1 "k8s.io/client-go/kubernetes/typed/apps/v1"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
	"github.com/rollguard/rollguard/test/sequence"
)

var (
	sequences    = flag.Uint64("sequences", 12, "number of random sequences of writes")
	sequenceSeed = flag.Uint64("seed", 1, "seed of the first sequence; the others follow")
)

// The sequences of package sequence, done to a real API server.
func TestRollguardNeverStartsARolloutWhateverIsWritten(t *testing.T) {
	t.Logf("%d sequences of %d steps from seed %d", *sequences, sequence.Length, *sequenceSeed)
	var total sequence.Stats
	for seed := *sequenceSeed; seed < *sequenceSeed+*sequences; seed++ {
		done, failure := sequence.Run(newTwins(t, seed), sequence.Generate(seed))
		if failure != nil {
			t.Fatalf("%v\nreplay: go test ./test/apiserver -run %s -seed=%d -sequences=1", failure, t.Name(), seed)
		}
		total = total.Plus(done)
	}
	t.Logf("%s", total)
}

// twins are two namespaces, of which only one is ever labelled.
type twins struct {
	shop     *shop
	warnings *warnings
	clients  kubernetes.Interface
	bindings dynamic.ResourceInterface
	around   sequence.Surroundings
	maker    *decision.Maker
	guarded  *copyOf
	shadow   *copyOf
	last     string
	marker   int
}

func newTwins(t *testing.T, seed uint64) *twins {
	t.Helper()
	w := &twins{shop: newShop(t, "{}", " {}"), warnings: &warnings{}}
	config := world.plane.RESTConfig()
	config.WarningHandlerWithContext, config.QPS, config.Burst = w.warnings, 1000, 1000
	var err error
	if w.clients, err = kubernetes.NewForConfig(config); err != nil {
		t.Fatal(err)
	}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	w.bindings = objects.Resource(schema.GroupVersionResource{Group: "elbv2.k8s.aws", Version: "v1beta1", Resource: "targetgroupbindings"}).Namespace(w.shop.name)
	w.maker = decision.NewMaker(api.NewResolver(nil, api.DefaultBounds()))
	shadow := fmt.Sprintf("%s-%d-shadow", w.shop.name, seed)
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: shadow}}
	if _, err := w.clients.CoreV1().Namespaces().Create(t.Context(), namespace, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.clients.CoreV1().Services(w.shop.name).Delete(t.Context(), "web", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err) // the sequence has its own
	}
	w.guarded = &copyOf{ctx: t.Context(), client: w.clients.AppsV1().Deployments(w.shop.name)}
	w.shadow = &copyOf{ctx: t.Context(), client: w.clients.AppsV1().Deployments(shadow)}
	return w
}

func (w *twins) Guarded() sequence.Store { return w.guarded }
func (w *twins) Shadow() sequence.Store  { return w.shadow }

// Ask puts the question of the posture loop with what is around. The webhook's own loop
// looks here too, and may not repair: its ClusterRole is bound to nobody.
func (w *twins) Ask(stored *appsv1.Deployment, question policy.Survey) (decision.Decision, error) {
	return w.decide(stored, question)
}

func (w *twins) decide(d *appsv1.Deployment, question policy.Survey) (decision.Decision, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return decision.Decision{}, err
	}
	return w.maker.Make(&decision.Request{
		New: raw, Namespace: w.around.NamespaceAnnotations(), Graph: w.around.Graph(w.shop.name),
		NativeSleep: true, AssumeService: true, Survey: question,
	})
}

// Surround writes what is around, and waits until the webhook has seen it: a dry run of
// another Deployment is answered as the routes have it, with a warning that names an
// unknown annotation of the namespace that is another one each time. Nothing that comes or
// goes writes the Deployment.
func (w *twins) Surround(around sequence.Surroundings, seen bool) error {
	w.around = around
	now := fmt.Sprintf("%s, seen %t", around, seen)
	if now == w.last {
		return nil
	}
	w.last = now
	w.marker++
	marker := fmt.Sprintf("sequence-%d", w.marker)
	if err := errors.Join(w.routes(around), w.namespace(around, seen, marker)); err != nil {
		return err
	}
	eventually(w.shop.t, "the webhook sees "+now, func(ctx context.Context) bool {
		return w.sees(ctx, seen, marker)
	})
	return w.guarded.untouched()
}

func (w *twins) namespace(around sequence.Surroundings, seen bool, marker string) error {
	namespaces := w.clients.CoreV1().Namespaces()
	ns, err := namespaces.Get(w.shop.t.Context(), w.shop.name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	delete(ns.Labels, api.LabelInject)
	if seen {
		ns.Labels[api.LabelInject] = api.InjectEnabled
	}
	ns.Annotations = maps.Clone(around.NamespaceAnnotations())
	ns.Annotations[api.Prefix+marker] = "x"
	_, err = namespaces.Update(w.shop.t.Context(), ns, metav1.UpdateOptions{})
	return err
}

// routes makes the Services and Ingresses what they are to be.
func (w *twins) routes(around sequence.Surroundings) error {
	ctx, name := w.shop.t.Context(), w.shop.name
	ingresses, services := w.clients.NetworkingV1().Ingresses(name), w.clients.CoreV1().Services(name)
	errs := []error{gone(ingresses.Delete(ctx, "web", metav1.DeleteOptions{})), gone(w.bindings.Delete(ctx, "web", metav1.DeleteOptions{}))}
	for _, b := range around.Bindings(name) {
		errs = append(errs, w.bind(ctx, b))
	}
	for _, ing := range around.Ingresses(name) {
		_, err := ingresses.Create(ctx, ing, metav1.CreateOptions{})
		errs = append(errs, err)
	}
	_, err := services.Get(ctx, "web", metav1.GetOptions{})
	switch wanted := around.Services(name); {
	case apierrors.IsNotFound(err) && len(wanted) > 0:
		_, err = services.Create(ctx, wanted[0], metav1.CreateOptions{})
	case err == nil && len(wanted) == 0:
		err = services.Delete(ctx, "web", metav1.DeleteOptions{})
	}
	return errors.Join(append(errs, gone(err))...)
}

func (w *twins) bind(ctx context.Context, b *topology.TargetGroupBinding) error {
	tree, err := runtime.DefaultUnstructuredConverter.ToUnstructured(b)
	if err != nil {
		return err
	}
	u := &unstructured.Unstructured{Object: tree}
	u.SetGroupVersionKind(schema.GroupVersionKind{Group: "elbv2.k8s.aws", Version: "v1beta1", Kind: "TargetGroupBinding"})
	_, err = w.bindings.Create(ctx, u, metav1.CreateOptions{})
	return err
}

func gone(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// sees tells whether the webhook's view is the present one: it decides as the core does
// with what is around now.
func (w *twins) sees(ctx context.Context, seen bool, marker string) bool {
	w.warnings.clear()
	probe := routeProbe(w.shop)
	d, err := w.guarded.client.Create(ctx, probe, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		return false
	}
	if _, called := d.Annotations[api.AnnotationInjected]; !seen {
		return !called
	}
	expected, err := w.decide(probe, "")
	return err == nil && w.warnings.mention(marker) && sameRoutes(d, &expected) &&
		(len(expected.Exposure.Routes) == 0 || slices.ContainsFunc(expected.Exposure.Routes, func(r topology.Route) bool {
			return w.warnings.mention(strings.Replace(r.String(), " "+w.shop.name+"/", " ", 1)) // the one that decides
		}))
}

// routeProbe is a Deployment whose own annotations make every route visible.
func routeProbe(s *shop) *appsv1.Deployment {
	labels := map[string]string{"app": "web"}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "probe", Namespace: s.name, Annotations: map[string]string{
			api.Prefix + "mode": "fill", api.Prefix + "exposure": "auto", api.Prefix + "min-ready": "auto", api.Prefix + "readiness-probe": "auto",
		}},
		Spec: appsv1.DeploymentSpec{Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: labels},
			Spec: corev1.PodSpec{Containers: []corev1.Container{{
				Name: "app", Image: "app:1", Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}},
			}}},
		}},
	}
}

// sameRoutes tells whether what was stored is what a decision would write where routes make
// a difference: probes, minReadySeconds and the sleep.
func sameRoutes(d *appsv1.Deployment, expected *decision.Decision) bool {
	app := &d.Spec.Template.Spec.Containers[0]
	got := map[workload.Path]any{
		workload.MinReadySeconds: d.Spec.MinReadySeconds, workload.ReadinessProbe("app"): app.ReadinessProbe, workload.PreStop("app"): (*corev1.LifecycleHandler)(nil),
	}
	if app.Lifecycle != nil {
		got[workload.PreStop("app")] = app.Lifecycle.PreStop
	}
	want := map[workload.Path]string{workload.MinReadySeconds: "0", workload.ReadinessProbe("app"): "null", workload.PreStop("app"): "null"}
	for _, c := range expected.Changes {
		want[c.Path] = string(c.To)
	}
	for path, value := range got {
		text, err := json.Marshal(value)
		if err != nil || !sameJSON(text, []byte(want[path])) {
			return false
		}
	}
	return true
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && cmp.Equal(x, y)
}

// copyOf is one Deployment of the API server.
type copyOf struct {
	ctx    context.Context
	client typedappsv1.DeploymentInterface
	stored bool
	// version is the resourceVersion after the last write.
	version string
}

// untouched tells whether nobody else has written the Deployment.
func (c *copyOf) untouched() error {
	if !c.stored {
		return nil
	}
	d, err := c.client.Get(c.ctx, "web", metav1.GetOptions{})
	if err == nil && d.ResourceVersion != c.version {
		err = fmt.Errorf("%w: something wrote the Deployment, which has version %s and had %s", sequence.ErrBroken, d.ResourceVersion, c.version)
	}
	return err
}

func (c *copyOf) Try(w sequence.Write) (*appsv1.Deployment, error) {
	return c.write(w, []string{metav1.DryRunAll})
}

func (c *copyOf) Keep(w sequence.Write) (*appsv1.Deployment, error) {
	d, err := c.write(w, nil)
	if err == nil {
		c.stored, c.version = true, d.ResourceVersion
	}
	return d, err
}

func (c *copyOf) write(w sequence.Write, dryRun []string) (*appsv1.Deployment, error) {
	if w.Type != "" {
		o := metav1.PatchOptions{FieldManager: w.Manager, DryRun: dryRun}
		if w.Type == types.ApplyPatchType {
			force := true
			o.Force = &force
		}
		return broken(c.client.Patch(c.ctx, "web", w.Type, w.Body, o))
	}
	var d appsv1.Deployment
	if err := json.Unmarshal(w.Body, &d); err != nil {
		return nil, err
	}
	if !c.stored {
		return broken(c.client.Create(c.ctx, &d, metav1.CreateOptions{FieldManager: w.Manager, DryRun: dryRun}))
	}
	return broken(c.client.Update(c.ctx, &d, metav1.UpdateOptions{FieldManager: w.Manager, DryRun: dryRun}))
}

// broken marks every error but a refusal of validation.
func broken(d *appsv1.Deployment, err error) (*appsv1.Deployment, error) {
	if err != nil && !apierrors.IsInvalid(err) {
		return nil, fmt.Errorf("%w: %w", sequence.ErrBroken, err)
	}
	return d, err
}

// warnings keeps those of the last request.
type warnings struct {
	sync.Mutex
	text []string
}

func (w *warnings) HandleWarningHeaderWithContext(_ context.Context, _ int, _, text string) {
	w.Lock()
	defer w.Unlock()
	w.text = append(w.text, text)
}

func (w *warnings) clear() {
	w.Lock()
	defer w.Unlock()
	w.text = nil
}

func (w *warnings) mention(text string) bool {
	w.Lock()
	defer w.Unlock()
	return strings.Contains(strings.Join(w.text, "\n"), text)
}
