package node

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// The test binary runs itself as a helper process where the environment says what the
// helper is to do, and in which state folder.
const (
	helperVariable    = "ROLLGUARD_NODE_HELPER"
	helperDirVariable = "ROLLGUARD_NODE_HELPER_DIR"
	helperCluster     = "cluster" // runs a cluster
	helperBlock       = "block"   // runs nothing
)

// helloImage is the application that the tests deploy.
const helloImage = "rollguard.test/hello:1"

// waitBound is how long a test waits for something that is to happen soon.
const waitBound = time.Minute

// cluster is what most tests use.
var cluster *Cluster

func TestMain(m *testing.M) {
	if mode := os.Getenv(helperVariable); mode != "" {
		if err := helper(mode); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(runTests(m))
}

// runTests runs the tests with a cluster and fails if it does not start or does not stop
// as it should.
func runTests(m *testing.M) int {
	var err error
	cluster, err = Start(context.Background(), Options{Log: os.Stderr, KubeProxy: true, NetworkPolicies: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := 1
	if err := loadHello(context.Background(), cluster); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

// loadHello builds the application and loads its image into the first node.
func loadHello(ctx context.Context, c *Cluster) error {
	return loadHelloInto(ctx, c.Node)
}

func loadHelloInto(ctx context.Context, n *Node) error {
	dir, err := os.MkdirTemp("", "rollguard-hello-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := dir + "/hello"
	if err := BuildProgram(ctx, "./test/kube/node/cmd/hello", program); err != nil {
		return err
	}
	return n.LoadImage(ctx, Image{Name: helloImage, Program: program})
}

// helper does what the mode says, writes a line when it is ready and lives until its
// standard input ends.
func helper(mode string) error {
	if mode == helperCluster {
		c, err := Start(context.Background(), Options{Dir: os.Getenv(helperDirVariable), Log: os.Stderr})
		if err != nil {
			return err
		}
		if err := loadHello(context.Background(), c); err != nil {
			return err
		}
		fmt.Println(c.InitPID())
	} else {
		fmt.Println("ready")
	}
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// startHelper starts the test binary as a helper and returns the line it says when it is
// ready. The end of the test ends it.
func startHelper(t *testing.T, mode, dir string) (*exec.Cmd, string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), helperVariable+"="+mode, helperDirVariable+"="+dir)
	cmd.Stderr = t.Output()
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("helper says %q: %v", line, err)
	}
	return cmd, line[:len(line)-1]
}

// clientFor returns a client.
func clientFor(t *testing.T, config *rest.Config) *kubernetes.Clientset {
	t.Helper()
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// waitFor polls until check succeeds.
func waitFor(t *testing.T, what string, check func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitBound)
	defer cancel()
	if err := poll(ctx, what, check); err != nil {
		t.Fatal(err)
	}
}
