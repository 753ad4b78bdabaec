package outage

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"go.uber.org/zap"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/pkg/selfprobe"
	"github.com/rollguard/rollguard/test/install"
)

var place = selfprobe.Installation{Namespace: "rollguard", Probe: "rollguard-probe", Configuration: "rollguard"}

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
	forgetEvents(t)
	w := newWebhook(t)
	account, err := install.ServiceAccount(world.plane)
	if err != nil {
		t.Fatal(err)
	}
	clients, err := kubernetes.NewForConfig(account)
	if err != nil {
		t.Fatal(err)
	}
	prober := selfprobe.Prober{Clients: clients, Installation: place}
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
			if found.Status != status || !strings.Contains(found.Says(), says[status]) {
				t.Errorf("found %s: %s", found.Status, found.Says())
			}
			eventually(t, "an Event that names it", func(ctx context.Context) bool { return events(ctx, t, string(status)+": ") == 1 })
			well := events(t.Context(), t, "Deployments are completed again: ")
			if by, code := points(t); code != 1 || !strings.HasPrefix(by["admission"], string(status)+": ") {
				t.Errorf("check ended with %d and said %q", code, by["admission"])
			}
			kubectl(t, "", "delete", "mutatingwebhookconfiguration", "rollguard", "--ignore-not-found")
			w.configure()
			w.works()
			eventually(t, "an Event that all is well again", func(ctx context.Context) bool {
				return events(ctx, t, "Deployments are completed again: ") == well+1
			})
			if n := events(t.Context(), t, ""); n != 2*(well+1) {
				t.Errorf("%d Events tell of %d faults and their ends", n, well+1)
			}
		})
	}
	w.stop()
	var said []string
	for _, e := range w.log.FilterLoggerName("self-probe").All() {
		said = append(said, e.Message)
	}
	if n := w.log.FilterLoggerName("self-probe").FilterMessage("the API server does not get Deployments completed").Len(); n != len(says) {
		t.Errorf("%d faults were logged %d times: %q", len(says), n, said)
	}
}

func forgetEvents(t *testing.T) {
	t.Helper()
	kubectl(t, "", "delete", "events.events.k8s.io", "-n", "default", "--all")
}

func TestAFreshStartReportsNoFault(t *testing.T) {
	kubectl(t, "", "delete", "mutatingwebhookconfiguration", "rollguard", "--ignore-not-found")
	kubectl(t, "", "delete", "secret", "rollguard-certificates", "-n", "rollguard", "--ignore-not-found")
	forgetEvents(t)
	w := newWebhook(t)
	w.stop()
	if n := events(t.Context(), t, ""); n != 0 {
		t.Errorf("%d Events", n)
	}
	if n := w.log.FilterLoggerName("self-probe").FilterLevelExact(zap.WarnLevel).FilterMessageSnippet("does not get").Len(); n != 0 {
		t.Errorf("%d warnings in the log", n)
	}
}

func TestAConditionThatKeepsTheProbeAwayIsNamedAsTheCause(t *testing.T) {
	w := newWebhook(t)
	const where = "matchConditions[freeze] of webhook deployments.rollguard.io"
	const cause = where + ` is "false", the manifest has not set, so Rollguard is never called`
	kubectl(t, "", "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p",
		`[{"op":"add","path":"/webhooks/0/matchConditions/-","value":{"name":"freeze","expression":"false"}}]`)
	unconfigure(t)
	w.finds(string(selfprobe.Unchanged))
	by, code := points(t)
	if code != 1 || !strings.HasPrefix(by["admission"], "not-changed: ") || !strings.HasSuffix(by["admission"], "; the cause is likely "+where) {
		t.Errorf("check ended with %d, and said of admission %q", code, by["admission"])
	}
	if !strings.Contains(by["configuration"], "was altered: "+cause) {
		t.Errorf("of the configuration %q", by["configuration"])
	}
	text := rollguard(t, world.plane.KubeconfigPath(), "check").stdout
	if strings.Count(text, "Put it right with kubectl edit mutatingwebhookconfiguration rollguard") != 1 || !strings.Contains(text, "See configuration, above.") || strings.Count(text, cause) != 1 {
		t.Errorf("the cause, or the advice about it, is not said once:\n%s", text)
	}
	w.configure() // as the advice says, that alone does not take it out
	if by, _ := points(t); !strings.Contains(by["configuration"], cause) {
		t.Errorf("after the manifest was applied again: %q", by["configuration"])
	}
}

// events counts those about the configuration that begin so.
func events(ctx context.Context, t *testing.T, prefix string) int {
	t.Helper()
	list, err := world.clients.EventsV1().Events("default").List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range list.Items {
		if e.Regarding.Name == "rollguard" && strings.HasPrefix(e.Note, prefix) {
			n++
		}
	}
	return n
}

func TestAWebhookThatIsStoppedIsUnreachable(t *testing.T) {
	w := newWebhook(t)
	w.stop()
	prober := selfprobe.Prober{Clients: world.clients, Installation: place}
	if found := prober.Look(t.Context()); found.Status != selfprobe.Unreachable {
		t.Errorf("found %s: %s", found.Status, found.Detail)
	}
}

// The configuration of these tests calls by URL, which is a difference, and no cause.
func TestAWebhookThatHangsIsNoMatterOfTheConfiguration(t *testing.T) {
	newWebhook(t)
	unconfigure(t)
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close() // the kernel accepts, and nobody answers
	kubectl(t, "", "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p", fmt.Sprintf(jsonPatchURL, "https://"+silent.Addr().String()+"/mutate"))
	prober := selfprobe.Prober{Clients: world.clients, Installation: place}
	found := prober.Look(t.Context())
	if found.Status != selfprobe.Unreachable || len(found.Differences) == 0 || found.Advice() != selfprobe.Unreachable.Advice() {
		t.Errorf("found %s: %s\n%s", found.Status, found.Says(), found.Advice())
	}
	t.Log(found.Brief())
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
	prober := selfprobe.Prober{Clients: clients, Installation: place}
	if found := prober.Look(t.Context()); found.Status != selfprobe.Unknown || !strings.Contains(found.Detail, "forbidden") {
		t.Errorf("found %s: %s", found.Status, found.Detail)
	}
}
