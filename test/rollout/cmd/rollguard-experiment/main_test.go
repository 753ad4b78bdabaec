package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube/node"
	"github.com/rollguard/rollguard/test/rollout/steady"
)

// cluster is set once, before the first test.
var cluster *node.Cluster

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	var err error
	cluster, err = node.Start(context.Background(), node.Options{Log: os.Stderr, KubeProxy: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := 1
	if err := prepare(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// prepare runs an application of two Pods that dies at SIGTERM, behind a node port.
func prepare(ctx context.Context) error {
	program := filepath.Join(cluster.DataDir(), "app")
	if err := node.BuildProgram(ctx, "./test/rollout/app", program); err != nil {
		return err
	}
	if err := cluster.LoadImage(ctx, node.Image{Name: "rollout-app:old", Program: program}); err != nil {
		return err
	}
	if _, err := install.Kubectl(ctx, cluster.ControlPlane, []byte(manifest), "apply", "-f", "-"); err != nil {
		return err
	}
	if _, err := install.Kubectl(ctx, cluster.ControlPlane, nil, "rollout", "status", "deployment/web", "--timeout=60s"); err != nil {
		return err
	}
	l := steady.Load{URL: address(), Timeout: time.Second}
	return wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true, func(context.Context) (bool, error) { return l.Once() == "", nil })
}

func address() string { return fmt.Sprintf("http://%s:%d/test", cluster.NodeIP(), nodePort) }

const nodePort = 30080

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: app
        image: rollout-app:old
        imagePullPolicy: Never
        args: [-start-up=1s, -latency=50ms]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080, nodePort: 30080}]
`

// flags are those of a short measurement.
func flags(t *testing.T, more ...string) []string {
	t.Helper()
	return append([]string{
		"-kubeconfig", cluster.KubeconfigPath(), "-deployment", "web", "-rate", "40", "-before", "1s", "-after", "3s", "-limit", "90s",
		"-url", address(),
	}, more...)
}

func restarted(t *testing.T) string {
	t.Helper()
	out, err := install.Kubectl(t.Context(), cluster.ControlPlane, nil, "get", "deployment/web", "-o", "jsonpath={.spec.template.metadata.annotations}")
	if err != nil {
		t.Fatal(err)
	}
	return out.Stdout
}

func TestARolloutIsMeasuredCountedAndDrawn(t *testing.T) {
	folder := t.TempDir()
	var said bytes.Buffer
	lost, err := run(t.Context(), flags(t, "-yes", "-out", folder), streams{strings.NewReader(""), &said})
	if err != nil {
		t.Fatalf("%v\n%s", err, &said)
	}
	text, err := os.ReadFile(filepath.Join(folder, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	var o outcome
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	var sum, byReason int64
	for _, n := range o.Series.OK {
		sum += n
	}
	for _, n := range o.Lost {
		byReason += n
	}
	if lost == 0 || byReason != lost || sum+lost != o.Requests {
		t.Errorf("lost %d, by reason %v, %d answered of %d; an application that starts in a second without a probe loses some", lost, o.Lost, sum, o.Requests)
	}
	if o.Complete == 0 || o.Series.From > 0 || !strings.Contains(restarted(t), "restartedAt") {
		t.Errorf("complete after %.1f s, series from %d", o.Complete, o.Series.From)
	}
	svg, err := os.ReadFile(filepath.Join(folder, "rollout.svg"))
	if err != nil || !strings.Contains(string(svg), fmt.Sprintf("default/web: %d of %d requests lost", lost, o.Requests)) {
		t.Errorf("picture: %v", err)
	}
	if !strings.Contains(said.String(), fmt.Sprintf("%d of %d requests lost", lost, o.Requests)) {
		t.Errorf("it says\n%s", &said)
	}
}

func TestNothingIsDoneWithoutAYes(t *testing.T) {
	before := restarted(t)
	for _, answer := range []string{"", "no\n", "y\n"} {
		_, err := run(t.Context(), flags(t, "-out", t.TempDir()), streams{strings.NewReader(answer), io.Discard})
		if err == nil || !strings.Contains(err.Error(), "nothing was done") {
			t.Errorf("answer %q: %v", answer, err)
		}
	}
	if after := restarted(t); after != before {
		t.Errorf("it was restarted: %s, then %s", before, after)
	}
}

func TestCtrlCEndsTheLoadAndReportsWhatWasCounted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var said bytes.Buffer
	in, out := io.Pipe()
	defer out.Close()
	go func() {
		// It asks; the load begins with the answer, long before the restart.
		_, _ = io.WriteString(out, "yes\n")
		time.AfterFunc(500*time.Millisecond, cancel)
	}()
	before := restarted(t)
	_, err := run(ctx, flags(t, "-before", "1h", "-limit", "2h", "-out", t.TempDir()), streams{in, &said})
	if err == nil || !strings.Contains(said.String(), "requests lost") {
		t.Errorf("error %v, it says\n%s", err, &said)
	}
	if after := restarted(t); after != before {
		t.Error("it was restarted")
	}
}

func TestLossesBeforeTheRestartAreToldApart(t *testing.T) {
	begun := time.Now()
	second := func(offset time.Duration, lost int64) steady.Second {
		return steady.Second{At: begun.Add(offset), Lost: map[string]int64{"502": lost}}
	}
	all := []steady.Second{second(-3*time.Second, 1), second(-2*time.Second, 2), second(-500*time.Millisecond, 4), second(500*time.Millisecond, 8)}
	if n := (&measurement{begun: begun}).lostBefore(all); n != 3 {
		t.Errorf("%d before the restart, want 3", n)
	}
	if n := (&measurement{}).lostBefore(all); n != 15 {
		t.Errorf("%d without a restart, want 15", n)
	}
}

func TestCtrlCAtTheQuestionEndsIt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	defer out.Close()
	time.AfterFunc(200*time.Millisecond, cancel)
	if _, err := run(ctx, flags(t, "-out", t.TempDir()), streams{in, io.Discard}); err == nil || !strings.Contains(err.Error(), "nothing was done") {
		t.Errorf("error %v", err)
	}
}

func TestNothingIsRestartedWhereTheResultWouldSayNothing(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "result.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := restarted(t)
	for name, tc := range map[string]struct {
		flags []string
		words string
	}{
		"the port is closed":              {[]string{"-url", fmt.Sprintf("http://%s:1/", cluster.NodeIP())}, "connection refused"},
		"there is no such page":           {[]string{"-url", fmt.Sprintf("http://%s:%d/nope", cluster.NodeIP(), nodePort)}, "404"},
		"there is a result already":       {[]string{"-out", full}, "has a result already"},
		"the folder is a file":            {[]string{"-out", filepath.Join(full, "result.json")}, "-out"},
		"it would be over by the restart": {[]string{"-before", "10s", "-limit", "5s"}, "-limit 5s"},
	} {
		t.Run(name, func(t *testing.T) {
			all := append(flags(t, "-yes", "-out", t.TempDir()), tc.flags...)
			if _, err := run(t.Context(), all, streams{strings.NewReader(""), io.Discard}); err == nil || !strings.Contains(err.Error(), tc.words) {
				t.Errorf("error %v, want %q", err, tc.words)
			}
		})
	}
	if after := restarted(t); after != before {
		t.Error("it was restarted")
	}
}

func TestFlagsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{}, {"-url", "http://x"}, {"-deployment", "web"}, {"-deployment", "web", "-url", "x"}, {"-deployment", "web", "-url", "ftp://x"},
		{"-deployment", "web", "-url", "http://x", "-rate", "0"}, {"-deployment", "web", "-url", "http://x", "-limit", "0s"}, {"-deployment", "web", "-url", "http://x", "more"},
	} {
		if _, err := parse(args); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
