//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// hidden are the folders of the machine in whose place a node sees an empty one, because
// containerd, the network plugins and kubelet write there whatever they are told.
var hidden = [...]string{"/run", "/var/log"}

// shadowed is the folder that a node sees as it is, but changes only for itself: kubelet
// makes /var/lib/kubelet for the sockets of device plugins, wherever its own folder is
// (k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1, KubeletSocket).
const shadowed = "/var/lib"

// kernelSettings are what kubelet sets for the whole machine where it finds other values
// (pkg/kubelet/cm/container_manager_linux.go, setupKernelTunables). A test must not
// decide how its machine behaves in a panic, so that kubelet is shown these instead.
var kernelSettings = [...][2]string{
	{"vm/overcommit_memory", "1"},
	{"vm/panic_on_oom", "0"},
	{"kernel/panic", "10"},
	{"kernel/panic_on_oops", "1"},
	{"kernel/keys/root_maxkeys", "1000000"},
	{"kernel/keys/root_maxbytes", "25000000"},
}

// mount mounts and says in an error what could not be mounted.
func mount(source, target, kind string, flags uintptr) error {
	if err := unix.Mount(source, target, kind, flags, ""); err != nil {
		return fmt.Errorf("mount %s on %s: %w", kind, target, err)
	}
	return nil
}

// ownFolder is where the processes of a node see its folder: the path of a socket has at
// most 107 characters (unix(7)), and a folder of a test alone may have more.
const ownFolder = "/run/node"

// setUpFolders hides what is hidden, shadows what is shadowed and shows the folder of the
// node, which may be in one of them, at ownFolder.
func setUpFolders(dir string) error {
	own, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	defer unix.Close(own)
	for _, folder := range hidden {
		if err := mount("tmpfs", folder, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV); err != nil {
			return err
		}
	}
	if err := shadow(shadowed); err != nil {
		return err
	}
	if err := os.MkdirAll(ownFolder, 0o700); err != nil {
		return fmt.Errorf("show %s: %w", dir, err)
	}
	return mount("/proc/self/fd/"+strconv.Itoa(own), ownFolder, "", unix.MS_BIND|unix.MS_REC)
}

// shadow mounts over folder a file system that shows what is in it and keeps changes in
// memory.
func shadow(folder string) error {
	const changes, work = "/run/nodeinit/changes", "/run/nodeinit/work"
	for _, path := range []string{changes, work} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return fmt.Errorf("shadow %s: %w", folder, err)
		}
	}
	data := "lowerdir=" + folder + ",upperdir=" + changes + ",workdir=" + work
	if err := unix.Mount("overlay", folder, "overlay", 0, data); err != nil {
		return fmt.Errorf("shadow %s: %w", folder, err)
	}
	return nil
}

// fixKernelSettings mounts files with the wanted values over the settings.
func fixKernelSettings() error {
	for _, setting := range kernelSettings {
		value := filepath.Join("/run/nodeinit/settings", setting[0])
		if err := os.MkdirAll(filepath.Dir(value), 0o755); err != nil {
			return fmt.Errorf("show kernel setting: %w", err)
		}
		if err := os.WriteFile(value, []byte(setting[1]+"\n"), 0o600); err != nil {
			return fmt.Errorf("show kernel setting: %w", err)
		}
		if err := mount(value, "/proc/sys/"+setting[0], "", unix.MS_BIND); err != nil {
			return err
		}
	}
	return nil
}
