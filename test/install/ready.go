package install

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/test/kube"
)

// Addresses are where a webhook on this machine is reached.
type Addresses struct {
	Port int
	Ops  string
}

// URL is the one that the API server calls.
func (a Addresses) URL() string { return fmt.Sprintf("https://localhost:%d/mutate", a.Port) }

// FreeAddresses picks two free loopback ports.
func FreeAddresses() (Addresses, error) {
	ports := [2]int{}
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return Addresses{}, err
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return Addresses{Port: ports[0], Ops: fmt.Sprintf("127.0.0.1:%d", ports[1])}, nil
}

// Wait returns when the webhook is ready and the API server trusts it.
func Wait(ctx context.Context, plane *kube.ControlPlane, a Addresses) error {
	clients, err := kubernetes.NewForConfig(plane.RESTConfig())
	if err != nil {
		return err
	}
	last := errors.New("not looked yet")
	err = wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		last = Ready(ctx, a.Ops)
		if last == nil {
			last = trusted(ctx, clients)
		}
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("webhook is not ready: %w", last)
	}
	return nil
}

// Ready asks the webhook whether it is ready.
func Ready(ctx context.Context, ops string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+ops+"/readyz?verbose=1", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("readyz answered %s", resp.Status)
	}
	return nil
}

func trusted(ctx context.Context, clients kubernetes.Interface) error {
	c, err := clients.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(ctx, "rollguard", metav1.GetOptions{})
	if err != nil {
		return err
	}
	for _, w := range c.Webhooks {
		if len(w.ClientConfig.CABundle) == 0 {
			return fmt.Errorf("webhook %s has no caBundle yet", w.Name)
		}
	}
	return nil
}
