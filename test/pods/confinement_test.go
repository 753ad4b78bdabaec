package pods

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// confinement is how the kernel must show a replica's process (proc(5)): an unprivileged
// user, no capability that it has or could get, and a filter of system calls.
var confinement = map[string]string{
	"Uid":         "65532 65532 65532 65532",
	"Gid":         "65532 65532 65532 65532",
	"CapInh":      "0000000000000000",
	"CapPrm":      "0000000000000000",
	"CapEff":      "0000000000000000",
	"CapBnd":      "0000000000000000",
	"CapAmb":      "0000000000000000",
	"NoNewPrivs":  "1",
	"Seccomp":     "2",
	"root mount":  "read-only",
	"executables": "1",
}

// checkConfinement looks at the processes themselves: what the Pod Security standard
// "restricted" asks for must also be so.
func checkConfinement(t *testing.T) {
	t.Helper()
	found := 0
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		process := filepath.Dir(link)
		exe, err := os.Readlink(link)
		if err != nil || exe != "/rollguard-webhook" || !onOurNode(process) {
			continue // also those that ended meanwhile
		}
		found++
		got, err := confined(process)
		if err != nil {
			t.Error(err)
			continue
		}
		for what, want := range confinement {
			if got[what] != want {
				t.Errorf("%s of a replica is %q, want %q", what, got[what], want)
			}
		}
	}
	if found != 2 {
		t.Errorf("%d processes of Rollguard run on the node, want 2", found)
	}
}

// onOurNode tells whether a process is one of this test's nodes: tests of other packages
// may run Rollguard too.
func onOurNode(process string) bool {
	groups, err := os.ReadFile(process + "/cgroup")
	return err == nil && slices.ContainsFunc(world.cluster.NodeNames(), func(name string) bool {
		return strings.Contains(string(groups), name)
	})
}

func confined(process string) (map[string]string, error) {
	status, err := os.ReadFile(process + "/status")
	if err != nil {
		return nil, err
	}
	out := map[string]string{"root mount": "writable"}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		out[name] = strings.Join(strings.Fields(value), " ")
	}
	mounts, err := os.ReadFile(process + "/mounts")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(mounts)) {
		fields := strings.Fields(line)
		if len(fields) > 3 && fields[1] == "/" && strings.HasPrefix(fields[3], "ro") {
			out["root mount"] = "read-only"
		}
	}
	files, err := filepath.Glob(process + "/root/*")
	if err != nil {
		return nil, err
	}
	// What a container's root holds beside the mounts is the image.
	programs := 0
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			programs++
		}
	}
	out["executables"] = fmt.Sprint(programs)
	return out, nil
}
