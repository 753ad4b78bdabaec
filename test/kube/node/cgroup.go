package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// groupPrefix starts the names of the control groups of nodes, which are the names of
// the nodes too.
const groupPrefix = "rgn-"

// groupFolder is where control groups are: those of version 2 directly in it, those of
// version 1 in a folder for each controller.
const groupFolder = "/sys/fs/cgroup"

// groupBound is how long a control group may be busy after its last process ended.
const groupBound = 10 * time.Second

// removeEmptyGroups removes the control groups of killed nodes. A node's first process is
// in its group, so one without any process belongs to nobody. Best effort: what cannot
// be removed does no harm.
func removeEmptyGroups() {
	for _, group := range findGroups(groupPrefix + "*") {
		_ = removeGroup(group)
	}
}

// removeGroups removes the control groups of one node whose processes have ended.
func removeGroups(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), groupBound)
	defer cancel()
	return poll(ctx, "the control groups of the node to be removed", func(context.Context) error {
		var errs []error
		for _, group := range findGroups(name) {
			errs = append(errs, removeGroup(group))
		}
		return errors.Join(errs...)
	})
}

// findGroups returns the folders of the control groups of the given name.
func findGroups(pattern string) []string {
	var found []string
	for _, in := range []string{groupFolder, filepath.Join(groupFolder, "*")} {
		// The pattern is ours and has no mistakes.
		groups, _ := filepath.Glob(filepath.Join(in, pattern))
		found = append(found, groups...)
	}
	return found
}

// removeGroup removes a group and those below it, if none has a process.
func removeGroup(group string) error {
	var folders []string
	err := filepath.WalkDir(group, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !entry.IsDir() {
			return err
		}
		folders = append(folders, path)
		processes, err := os.ReadFile(filepath.Join(path, "cgroup.procs"))
		if err == nil && len(strings.TrimSpace(string(processes))) > 0 {
			return fmt.Errorf("control group %s has processes", path)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove control group: %w", err)
	}
	for _, folder := range slices.Backward(folders) {
		// The files in it are not there to be removed: only the folder is.
		if err := os.Remove(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove control group: %w", err)
		}
	}
	return nil
}

// usualWeight is what a control group of version 1 has of the processors by default,
// and a process with nice 0.
const usualWeight = 1024

// Favour gives the node so many times the usual share of the processors, when the
// machine is busy: its Pods ask for none, and are in a group of their own, so that the
// nice value of whoever started the node does not reach them.
func (n *Node) Favour(times float64) error {
	var errs []error
	found := false
	for _, group := range findGroups(n.name) {
		for file, usual := range map[string]float64{"cpu.shares": usualWeight, "cpu.weight": 100} {
			path := filepath.Join(group, file)
			if _, err := os.Stat(path); err != nil {
				continue
			}
			found = true
			errs = append(errs, os.WriteFile(path, fmt.Appendf(nil, "%.0f", usual*times), 0o600))
		}
	}
	if !found {
		return fmt.Errorf("favour the node: no control group of processors is named %s", n.name)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("favour the node: %w", err)
	}
	return nil
}
