package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

// trace is what a node may leave on the machine.
type trace struct {
	dir, name  string
	namespaces []string // such as net:[4026532300]
}

// traceOf looks at a running node.
func traceOf(t *testing.T, dir string, first int) trace {
	t.Helper()
	found := trace{dir: dir, name: nodeName(dir)}
	for _, n := range entered {
		link, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/%s", first, n.file))
		if err != nil {
			t.Fatal(err)
		}
		if own, err := os.Readlink("/proc/self/ns/" + n.file); err != nil || link == own {
			t.Fatalf("the node is in the %s namespace of this machine, %s, %v", n.file, link, err)
		}
		found.namespaces = append(found.namespaces, link)
	}
	return found
}

// processes returns the processes that are in one of the namespaces or work on the
// folder, by what tells one from all others that ever were: id and start time.
func (f trace) processes(t *testing.T) map[string]string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, process := range all {
		if filepath.Base(process) == strconv.Itoa(os.Getpid()) {
			continue
		}
		line, _ := os.ReadFile(process + "/cmdline")
		text := strings.ReplaceAll(string(line), "\x00", " ")
		if strings.Contains(text, f.dir+"/") || f.isInside(process) {
			found[filepath.Base(process)+" "+startTime(process)] = text
		}
	}
	return found
}

// isInside says whether a process is in one of the namespaces.
func (f trace) isInside(process string) bool {
	for _, n := range entered {
		if link, err := os.Readlink(process + "/ns/" + n.file); err == nil && slices.Contains(f.namespaces, link) {
			return true
		}
	}
	return false
}

// startTime returns field 22 of proc_pid_stat(5), counted behind the name, which is in
// parentheses and may hold anything.
func startTime(process string) string {
	text, _ := os.ReadFile(process + "/stat")
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 20 {
		return "ended"
	}
	return fields[19]
}

// left returns what there is on the machine of the node, but for its folder.
func (f trace) left(t *testing.T) error {
	t.Helper()
	var errs []error
	for _, process := range f.processes(t) {
		errs = append(errs, fmt.Errorf("process %s", process))
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mounts), f.dir) {
		errs = append(errs, errors.New("a mount below the folder"))
	}
	if _, err := os.Stat("/sys/class/net/" + f.name); err == nil {
		errs = append(errs, fmt.Errorf("network device %s", f.name))
	}
	for _, group := range findGroups(f.name) {
		errs = append(errs, fmt.Errorf("control group %s", group))
	}
	return errors.Join(errs...)
}

// The cluster of the helper runs beside that of the other tests, so this shows as well
// that two do not disturb each other.
func TestAStartAfterAKillWorksAndStopLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	cmd, line := startHelper(t, helperCluster, dir)
	first, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	killed := traceOf(t, dir, first)
	config, err := clientcmd.BuildConfigFromFlags("", filepath.Join(dir, "pki", "admin.kubeconfig"))
	if err != nil {
		t.Fatal(err)
	}
	deploy(t, clientFor(t, config), "hello", 1)
	before := killed.processes(t)
	if all := fmt.Sprint(before); !strings.Contains(all, "containerd-shim") || !strings.Contains(all, "/hello") {
		t.Fatalf("no shim and no application are among %s; the test looks at the wrong place", all)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}

	again, err := Start(t.Context(), Options{Dir: dir, Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	// The kernel gives numbers of namespaces out again, so the old ones may be new ones.
	for process, text := range killed.processes(t) {
		if _, ok := before[process]; ok {
			t.Errorf("of the killed node there is still process %s: %s", process, text)
		}
	}
	stopped := traceOf(t, dir, again.InitPID())
	if stopped.left(t) == nil {
		t.Error("nothing is found of a running node; the test looks at the wrong place")
	}
	client := clientFor(t, again.RESTConfig())
	if err := loadHello(t.Context(), again); err != nil {
		t.Error(err)
	}
	deploy(t, client, "hello", 1)
	checkAnswers(t, pods(t, client), "first")
	for range 2 { // Stopping again changes nothing.
		if err := again.Stop(); err != nil {
			t.Error(err)
		}
	}
	waitFor(t, "nothing to be left of the nodes", func(context.Context) error {
		return stopped.left(t)
	})
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if want := []string{filepath.Join(dir, "lock"), filepath.Join(dir, "logs")}; err != nil || strings.Join(left, " ") != strings.Join(want, " ") {
		t.Errorf("folder has %v after Stop, want %v", left, want)
	}
	// The cluster beside it has not noticed.
	if err := cluster.waitReady(t.Context()); err != nil {
		t.Error(err)
	}
}
