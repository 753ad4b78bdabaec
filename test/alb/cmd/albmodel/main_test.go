package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/kube"
)

// plane is set once, before the first test.
var plane *kube.ControlPlane

func TestMain(m *testing.M) {
	os.Exit(kube.Main(m, kube.Options{}, func(c *kube.ControlPlane) { plane = c }))
}

// shop writes an Ingress web with a Service of a node port, and returns where they are.
func shop(t *testing.T, targetType string) (namespace string, nodePort int32) {
	t.Helper()
	name := fmt.Sprintf("shop-%d", time.Now().UnixNano())
	client := kubernetes.NewForConfigOrDie(plane.RESTConfig())
	ctx := t.Context()
	if _, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	class := &networkingv1.IngressClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: networkingv1.IngressClassSpec{Controller: "ingress.k8s.aws/alb"}}
	if _, err := client.NetworkingV1().IngressClasses().Create(ctx, class, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	service, err := client.CoreV1().Services(name).Create(ctx, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeNodePort, Selector: map[string]string{"app": "web"},
			Ports: []corev1.ServicePort{{Port: 80}},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	backend := &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "web", Port: networkingv1.ServiceBackendPort{Number: 80}}}
	ingress := &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Annotations: map[string]string{
			"alb.ingress.kubernetes.io/target-type":                  targetType,
			"alb.ingress.kubernetes.io/healthcheck-interval-seconds": "1",
		}},
		Spec: networkingv1.IngressSpec{IngressClassName: &name, DefaultBackend: backend},
	}
	if _, err := client.NetworkingV1().Ingresses(name).Create(ctx, ingress, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return name, service.Spec.Ports[0].NodePort
}

// model is a running program.
type model struct {
	t    *testing.T
	mu   sync.Mutex
	text bytes.Buffer
}

func (m *model) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text.Write(p)
}

func start(t *testing.T, args ...string) *model {
	t.Helper()
	m := &model{t: t}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, append([]string{"-kubeconfig", plane.KubeconfigPath(), "-ingress", "web", "-propagation", "0s"}, args...), m)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return m
}

// event waits for one that fits.
func (m *model) event(fits func(*alb.Event) bool) alb.Event {
	m.t.Helper()
	for tick := time.Tick(5 * time.Millisecond); ; {
		m.mu.Lock()
		text := m.text.String()
		m.mu.Unlock()
		for _, line := range strings.SplitAfter(text, "\n") {
			var e alb.Event
			if strings.HasSuffix(line, "\n") {
				if err := json.Unmarshal([]byte(line), &e); err != nil {
					m.t.Fatalf("%s: %v", line, err)
				}
				if fits(&e) {
					return e
				}
			}
		}
		select {
		case <-tick:
		case <-m.t.Context().Done():
			m.t.Fatalf("no such event in\n%s", text)
		}
	}
}

func ofType(kind string) func(*alb.Event) bool {
	return func(e *alb.Event) bool { return e.Type == kind }
}

func TestInstanceTargetsGetRequestsThroughTheNodePort(t *testing.T) {
	namespace, port := shop(t, "instance")
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	m := start(t, "-namespace", namespace, "-seed", "7")
	begun := m.event(ofType("start")).Start.(map[string]any)
	if begun["seed"] != 7.0 || begun["targetType"] != "instance" {
		t.Errorf("it began with %v", begun)
	}
	healthy := m.event(func(e *alb.Event) bool { return e.Node == 0 && e.State == alb.Healthy })
	if want := listener.Addr().String(); healthy.Target != want {
		t.Errorf("target %s, want %s", healthy.Target, want)
	}
	resp, err := http.Get("http://" + begun["address"].(string) + "/test")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d", resp.StatusCode)
	}
	counted := m.event(ofType("second")).Responses
	if len(counted) != 1 || counted[0].Count != 1 || counted[0].Status != http.StatusOK || counted[0].Target != healthy.Target {
		t.Errorf("counted %+v", counted)
	}
}

func TestASignalTakesTheControllerItsLeader(t *testing.T) {
	namespace, _ := shop(t, "ip")
	m := start(t, "-namespace", namespace, "-fail-over", "1ms")
	if begun := m.event(ofType("start")).Start.(map[string]any); begun["seed"] == 0.0 {
		t.Errorf("it began with %v: no seed to repeat it with", begun)
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	m.event(func(e *alb.Event) bool { return e.Text == "leader lost" })
	m.event(func(e *alb.Event) bool { return e.Text == "new leader" })
}

func TestBadFlagsAreRefused(t *testing.T) {
	for _, args := range [][]string{{}, {"-ingress", "web", "-nodes", "0"}, {"-ingress", "web", "more"}, {"-ingress", "web", "-propagation", "5s,1s,2s"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}

func TestAnIngressThatNeverComesIsAnError(t *testing.T) {
	err := run(t.Context(), []string{"-kubeconfig", plane.KubeconfigPath(), "-ingress", "none", "-wait", "1ms"}, &model{})
	if err == nil {
		t.Error("it runs")
	}
}
