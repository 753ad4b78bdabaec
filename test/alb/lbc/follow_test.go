package lbc

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/alb/manualclock"
)

// balancer is a load balancer to which every Pod is a server on loopback: an
// EndpointSlice may not hold a loopback address.
type balancer struct {
	*alb.ALB
	loopback string
}

func (b balancer) route(address string) string {
	_, port, _ := net.SplitHostPort(b.loopback)
	host, _, _ := net.SplitHostPort(address)
	return net.JoinHostPort("127.0.0."+host[len("192.0.2."):], port)
}

func (b balancer) Register(address, pod string)   { b.ALB.Register(b.route(address), pod) }
func (b balancer) Deregister(address string)      { b.ALB.Deregister(b.route(address)) }
func (b balancer) State(address string) alb.State { return b.ALB.State(b.route(address)) }

// running is a controller that follows a namespace of the API server. Changes come in
// real time, lags by a clock that the test turns.
type running struct {
	t          *testing.T
	namespace  string
	clock      *manualclock.Clock
	controller *Controller
	balancer   balancer
	slice      *discoveryv1.EndpointSlice
}

func follow(t *testing.T) *running {
	t.Helper()
	listener, err := net.Listen("tcp", "0.0.0.0:0") // every address of 127.0.0.0/8
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	r := &running{t: t, namespace: newNamespace(t), clock: manualclock.New(time.Unix(0, 0))}
	journal := alb.NewJournal(io.Discard, r.clock)
	params := alb.Defaults()
	params.Seed = 1
	r.balancer = balancer{loopback: listener.Addr().String(), ALB: alb.New(alb.Options{
		Parameters: params, Clock: r.clock, Journal: journal,
		TargetGroup: alb.TargetGroup{
			Path: "/", Codes: alb.Codes{{200, 200}}, Interval: 15 * time.Second, Timeout: 5 * time.Second,
			HealthyThreshold: 2, UnhealthyThreshold: 2, DeregistrationDelay: 300 * time.Second,
		},
	})}
	watch := NewWatch(world.client, Binding{Namespace: r.namespace, Service: "web", Port: "http"})
	r.controller = New(Options{
		Lags: DefaultLags(), Clock: r.clock, Dice: 1, Journal: journal, LoadBalancer: r.balancer, Cluster: watch,
	})
	if err := watch.Start(t.Context(), r.controller.Wake); err != nil {
		t.Fatal(err)
	}
	return r
}

// endpoint is one of a slice: its address is 192.0.2.N.
type endpoint struct {
	n           int
	ready       bool
	terminating bool
	noPod       bool
}

func (e endpoint) address() string { return fmt.Sprintf("192.0.2.%d:8080", e.n) }

// write makes the EndpointSlice of the Service hold exactly these endpoints, and waits
// until the controller has heard of it and plans to act.
func (r *running) write(endpoints ...endpoint) {
	r.t.Helper()
	r.put(endpoints...)
	r.heard()
}

func (r *running) put(endpoints ...endpoint) {
	r.t.Helper()
	name, port := "http", int32(8080)
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: "web-1", Labels: map[string]string{discoveryv1.LabelServiceName: "web"}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Ports:       []discoveryv1.EndpointPort{{Name: &name, Port: &port}},
	}
	for _, e := range endpoints {
		made := discoveryv1.Endpoint{
			Addresses:  []string{fmt.Sprintf("192.0.2.%d", e.n)},
			Conditions: discoveryv1.EndpointConditions{Ready: &e.ready, Terminating: &e.terminating},
		}
		if !e.noPod {
			made.TargetRef = &corev1.ObjectReference{Kind: "Pod", Namespace: r.namespace, Name: fmt.Sprintf("web-%d", e.n)}
		}
		slice.Endpoints = append(slice.Endpoints, made)
	}
	api := world.client.DiscoveryV1().EndpointSlices(r.namespace)
	var err error
	if r.slice == nil {
		r.slice, err = api.Create(r.t.Context(), slice, metav1.CreateOptions{})
	} else {
		slice.ResourceVersion = r.slice.ResourceVersion
		r.slice, err = api.Update(r.t.Context(), slice, metav1.UpdateOptions{})
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// heard waits until the controller has planned a reconcile.
func (r *running) heard() {
	r.t.Helper()
	for !r.controller.isPlanned() {
		select {
		case <-r.clock.More():
		case <-r.t.Context().Done():
			r.t.Fatal("the controller heard of nothing")
		}
	}
}

func (c *Controller) isPlanned() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.planned
}

// want checks the state of some targets.
func (r *running) want(s alb.State, endpoints ...endpoint) {
	r.t.Helper()
	for _, e := range endpoints {
		if got := r.balancer.State(e.address()); got != s {
			r.t.Errorf("target %s is %s, want %s", e.address(), got, s)
		}
	}
}

func TestReadyEndpointsWithAPodBecomeTargets(t *testing.T) {
	r := follow(t)
	ready, notReady, noPod := endpoint{n: 1, ready: true}, endpoint{n: 2}, endpoint{n: 3, ready: true, noPod: true}
	r.write(ready, notReady, noPod)
	r.want(alb.Unused, ready)
	r.clock.Advance(700 * time.Millisecond)
	r.want(alb.Initial, ready)
	r.want(alb.Unused, notReady, noPod)
}

func TestATerminatingEndpointLeavesAtOnce(t *testing.T) {
	r := follow(t)
	one, two := endpoint{n: 1, ready: true}, endpoint{n: 2, ready: true}
	r.write(one, two)
	r.clock.Advance(time.Minute)
	r.want(alb.Healthy, one, two)
	r.write(endpoint{n: 1, terminating: true}, two)
	r.want(alb.Healthy, one)
	r.clock.Advance(700 * time.Millisecond)
	r.want(alb.Draining, one)
	r.want(alb.Healthy, two)
}

func TestNothingHappensWhileTheLeaderChanges(t *testing.T) {
	r := follow(t)
	one, two := endpoint{n: 1, ready: true}, endpoint{n: 2, ready: true}
	r.write(one)
	r.clock.Advance(time.Minute)
	r.write(endpoint{n: 1, terminating: true}, two)
	r.controller.FailOver() // before the controller has reacted
	r.clock.Advance(15*time.Second - 1)
	r.want(alb.Healthy, one)
	r.want(alb.Unused, two)
	r.clock.Advance(8*time.Second + 1)
	r.want(alb.Draining, one)
	r.want(alb.Initial, two)
}

func TestChangesBeforeTheReactionAreHandledTogether(t *testing.T) {
	r := follow(t)
	r.write(endpoint{n: 1, ready: true})
	waiting := r.clock.Waiting()
	r.put(endpoint{n: 1, ready: true}, endpoint{n: 2, ready: true})
	r.seen(2)
	if n := r.clock.Waiting(); n != waiting {
		t.Errorf("%d reactions are planned, want %d", n, waiting)
	}
	r.clock.Advance(700 * time.Millisecond)
	r.want(alb.Initial, endpoint{n: 1}, endpoint{n: 2})
}

// seen waits until the controller's own copy has so many targets.
func (r *running) seen(n int) {
	r.t.Helper()
	for tick := time.Tick(2 * time.Millisecond); len(r.controller.Cluster.Targets()) != n; {
		select {
		case <-tick:
		case <-r.t.Context().Done():
			r.t.Fatal("the controller does not see the change")
		}
	}
}

func TestTheReactionIsAsMeasured(t *testing.T) {
	var lags []time.Duration
	for i := range 1000 {
		lags = append(lags, alb.Dice(5).Draw(DefaultLags().Reaction, i))
	}
	slices.Sort(lags)
	for quantile, want := range map[int]time.Duration{500: 300 * time.Millisecond, 900: 600 * time.Millisecond, 999: 700 * time.Millisecond} {
		if off := (lags[quantile] - want).Abs(); off > 50*time.Millisecond {
			t.Errorf("quantile %d of 1000 is %s, measured was %s", quantile, lags[quantile], want)
		}
	}
}
