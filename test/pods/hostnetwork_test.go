package pods

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollguard/rollguard/test/kube/node"
)

// On the host network a port is there once a node. What a person meets who has fewer
// nodes than replicas, the guide's way out, and that with a node for each replica nothing
// is lost when they are replaced.
func TestOnTheHostNetworkEachReplicaWantsANode(t *testing.T) {
	defer afterFailure(t)
	before := inventory(t)
	do(t, guide(t, "eks.md", "hostNetwork.enabled=true"), brief)
	serving := oneServesOneWaits(t)
	checkSays(t, "1 of 2 replicas ready")
	checkExample(t, applyExample(t))
	endExample(t)

	// An upgrade does not get anywhere and takes nothing away.
	do(t, guide(t, "upgrade.md", "helm upgrade"), "--set podAnnotations.replaced=once")
	eventually(t, "the new Pod waits in place of the one that waited", func() error {
		for _, p := range replicas(t) {
			if p.UID != serving && p.Annotations["replaced"] != "once" {
				return fmt.Errorf("%s is still there", p.Name)
			}
		}
		return nil
	})
	if still := oneServesOneWaits(t); still != serving {
		t.Error("the replica that served was replaced by one that waits")
	}
	do(t, guide(t, "eks.md", "replicas=1"))
	t.Log(ready(t))
	for i, p := range replicas(t) {
		if i > 0 || p.Annotations["replaced"] != "once" {
			t.Errorf("after the way out there is %s, of %v", p.Name, p.Annotations)
		}
	}

	second := addNode(t)
	do(t, guide(t, "upgrade.md", "helm upgrade"), strict, "--set replicas=2")
	ready(t)
	checkConfinement(t)
	checkNodePorts(t, second)
	writing := startWrites(t)
	replaceReplicas(t, brief)
	writing.end("both replicas replaced on the host network")
	checkNodePorts(t, second)

	ready(t)
	deleteExample(t)
	do(t, guide(t, "uninstall.md", "helm uninstall"))
	if err := second.Stop(); err != nil {
		t.Error(err)
	}
	do(t, "kubectl delete node "+second.NodeName())
	nothingLeft(t, before)
}

// checkSays waits until the command line finds nothing wrong and says a text.
func checkSays(t *testing.T, text string) {
	t.Helper()
	eventually(t, "rollguard check says "+text, func() error {
		out, err := check(t)
		if err == nil && !strings.Contains(out, text) {
			err = errors.New(out)
		}
		return err
	})
}

// oneServesOneWaits waits until one of two replicas serves and the other one says what it
// waits for, and returns the first.
func oneServesOneWaits(t *testing.T) types.UID {
	t.Helper()
	var serving types.UID
	eventually(t, "one replica serves and one waits for a port", func() error {
		var said []string
		serving = ""
		for _, p := range replicas(t) {
			for _, c := range p.Status.Conditions {
				switch {
				case c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue:
					serving = p.UID
				case c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse:
					said = append(said, c.Message)
				}
			}
		}
		if serving == "" || len(said) != 1 || !strings.Contains(said[0], "didn't have free ports") {
			return fmt.Errorf("serving: %q, waiting: %q", serving, said)
		}
		return nil
	})
	return serving
}

// addNode adds a node for the time of the test.
func addNode(t *testing.T) *node.Node {
	t.Helper()
	n, err := world.cluster.AddNode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := loadImages(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	return n
}

// checkNodePorts asks both nodes at the port of health and metrics, which on the host
// network is as open as the node is.
func checkNodePorts(t *testing.T, second *node.Node) {
	t.Helper()
	for _, n := range []*node.Node{world.cluster.Node, second} {
		for _, path := range []string{"/readyz", "/metrics"} {
			if err := ask(t, "http://"+n.NodeIP()+":18080"+path); err != nil {
				t.Error(err)
			}
		}
	}
}

// ask returns nil when something answers that all is well.
func ask(t *testing.T, url string) error {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return errors.New(url + ": " + response.Status)
	}
	return nil
}
