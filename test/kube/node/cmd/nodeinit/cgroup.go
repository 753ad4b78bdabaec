//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// group is one hierarchy of control groups: the machine has one (version 2), or one for
// each controller (version 1), or both.
type group struct {
	mountPoint string
	kind       string // cgroup or cgroup2
	options    string // of the mount
}

// controlGroups lists the hierarchies that are mounted below /sys/fs/cgroup.
func controlGroups() ([]group, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("find control groups: %w", err)
	}
	var groups []group
	for line := range strings.Lines(string(text)) {
		// proc_pid_mountinfo(5): the optional fields before the dash vary in number.
		before, after, ok := strings.Cut(line, " - ")
		left, right := strings.Fields(before), strings.Fields(after)
		if !ok || len(left) < 5 || len(right) < 3 || !strings.HasPrefix(left[4], "/sys/fs/cgroup") {
			continue
		}
		if kind := right[0]; kind == "cgroup" || kind == "cgroup2" {
			groups = append(groups, group{mountPoint: left[4], kind: kind, options: right[2]})
		}
	}
	if len(groups) == 0 {
		return nil, errors.New("no control groups are mounted below /sys/fs/cgroup")
	}
	return groups, nil
}

// enterGroups moves this process into the group name of every hierarchy and makes it the
// root of the groups that the node sees.
func enterGroups(groups []group, name string) error {
	for _, g := range groups {
		if err := join(g.mountPoint, name); err != nil {
			return err
		}
	}
	if err := unix.Unshare(unix.CLONE_NEWCGROUP); err != nil {
		return fmt.Errorf("make a namespace of control groups: %w", err)
	}
	return nil
}

// mountGroups mounts every hierarchy again, now from the root of the namespace, and
// moves this process one level down: in version 2 a group whose children have
// controllers may have no processes itself (cgroups(7), "no internal processes").
func mountGroups(groups []group) error {
	for _, g := range groups {
		// The kernel mounts no file system twice on one place.
		if err := unix.Unmount(g.mountPoint, unix.MNT_DETACH); err != nil {
			return fmt.Errorf("unmount control groups of %s: %w", g.mountPoint, err)
		}
		if err := unix.Mount("cgroup", g.mountPoint, g.kind, 0, g.data()); err != nil {
			return fmt.Errorf("mount control groups on %s: %w", g.mountPoint, err)
		}
		if err := join(g.mountPoint, "nodeinit"); err != nil {
			return err
		}
	}
	return nil
}

// data returns the options that name the hierarchy.
func (g group) data() string {
	if g.kind == "cgroup2" {
		return ""
	}
	var data []string
	for option := range strings.SplitSeq(g.options, ",") {
		switch {
		case option == "rw" || option == "ro" || option == "seclabel" || strings.HasPrefix(option, "release_agent="):
		case strings.HasPrefix(option, "name="):
			data = append(data, "none", option)
		default:
			data = append(data, option)
		}
	}
	return strings.Join(data, ",")
}

// joinTries is how often join tries: another node that starts removes groups without
// processes, and a new one has none yet.
const joinTries = 10

// join moves this process into the group name below parent.
func join(parent, name string) error {
	var err error
	for range joinTries {
		if err = joinOnce(parent, filepath.Join(parent, name)); !errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("enter control group %s below %s: %w", name, parent, err)
	}
	return nil
}

// joinOnce makes one attempt.
func joinOnce(parent, path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	// A new group of the controller cpuset has no processors and takes no process.
	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
		value, err := os.ReadFile(filepath.Join(parent, file))
		if errors.Is(err, os.ErrNotExist) || strings.TrimSpace(string(value)) == "" {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(path, file), value, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(path, "cgroup.procs"), []byte("0"), 0o600)
}
