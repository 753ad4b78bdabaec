package outage

import (
	"context"
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/pkg/selfprobe"
	"github.com/rollguard/rollguard/test/install"
)

const jsonPatchURL = `[{"op":"replace","path":"/webhooks/0/clientConfig/url","value":"%[1]s"},{"op":"replace","path":"/webhooks/1/clientConfig/url","value":"%[1]s"}]`

// faults break the road, each in one place.
func faults(t *testing.T) map[selfprobe.Status]func(*webhook) {
	closed, err := install.FreeAddresses() // nobody listens there
	if err != nil {
		t.Fatal(err)
	}
	patch := func(body string) {
		kubectl(t, "", "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p", body)
	}
	return map[selfprobe.Status]func(*webhook){
		selfprobe.Missing: func(*webhook) { kubectl(t, "", "delete", "mutatingwebhookconfiguration", "rollguard") },
		selfprobe.Unreachable: func(*webhook) {
			patch(fmt.Sprintf(jsonPatchURL, closed.URL()))
		},
		// The API server itself listens there, with a certificate of another authority.
		selfprobe.Refused: func(*webhook) { patch(fmt.Sprintf(jsonPatchURL, world.plane.URL()+"/mutate")) },
		selfprobe.Unchanged: func(*webhook) {
			patch(`[{"op":"replace","path":"/webhooks/0/namespaceSelector","value":{"matchLabels":{"another":"label"}}}]`)
		},
	}
}

func TestEachFaultOnTheRoadIsNamed(t *testing.T) {
	w := newWebhook(t)
	account, err := install.ServiceAccount(world.plane)
	if err != nil {
		t.Fatal(err)
	}
	clients, err := kubernetes.NewForConfig(account)
	if err != nil {
		t.Fatal(err)
	}
	prober := selfprobe.Prober{Clients: clients, Namespace: "rollguard-probe", Configuration: "rollguard"}
	says := map[selfprobe.Status]string{
		selfprobe.Missing:     "MutatingWebhookConfiguration rollguard does not exist",
		selfprobe.Unreachable: "connection refused",
		selfprobe.Refused:     "x509: certificate signed by unknown authority",
		selfprobe.Unchanged:   "is not called for namespaces with the label rollguard.io/inject=enabled and no other",
	}
	for status, breakRoad := range faults(t) {
		t.Run(string(status), func(t *testing.T) {
			breakRoad(w)
			w.finds(string(status))
			found := prober.Look(t.Context())
			if found.Status != status || !strings.Contains(found.Detail, says[status]) {
				t.Errorf("found %s: %s", found.Status, found.Detail)
			}
			eventually(t, "an Event that names it", func(ctx context.Context) bool { return events(ctx, t, string(status)) == 1 })
			if by, code := points(t); code != 1 || !strings.HasPrefix(by["admission"], string(status)+": ") {
				t.Errorf("check ended with %d and said %q", code, by["admission"])
			}
			kubectl(t, "", "delete", "mutatingwebhookconfiguration", "rollguard", "--ignore-not-found")
			w.configure()
			w.works()
		})
	}
}

// events counts those about the configuration that begin with a status.
func events(ctx context.Context, t *testing.T, status string) int {
	t.Helper()
	list, err := world.clients.EventsV1().Events("default").List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range list.Items {
		if e.Regarding.Name == "rollguard" && strings.HasPrefix(e.Note, status+": ") {
			n++
		}
	}
	return n
}

func TestAWebhookThatIsStoppedIsUnreachable(t *testing.T) {
	w := newWebhook(t)
	w.stop()
	prober := selfprobe.Prober{Clients: world.clients, Namespace: "rollguard-probe", Configuration: "rollguard"}
	if found := prober.Look(t.Context()); found.Status != selfprobe.Unreachable {
		t.Errorf("found %s: %s", found.Status, found.Detail)
	}
}

func TestTheSelfProbeStoresNothing(t *testing.T) {
	newWebhook(t)
	list, err := world.clients.AppsV1().Deployments("rollguard-probe").List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) > 0 {
		t.Errorf("%d Deployments, error %v", len(list.Items), err)
	}
}

func TestAProbeWithoutTheRightToIsUnknown(t *testing.T) {
	nobody, err := world.plane.User("nobody")
	if err != nil {
		t.Fatal(err)
	}
	clients, err := kubernetes.NewForConfig(nobody)
	if err != nil {
		t.Fatal(err)
	}
	prober := selfprobe.Prober{Clients: clients, Namespace: "rollguard-probe", Configuration: "rollguard"}
	if found := prober.Look(t.Context()); found.Status != selfprobe.Unknown || !strings.Contains(found.Detail, "forbidden") {
		t.Errorf("found %s: %s", found.Status, found.Detail)
	}
}
