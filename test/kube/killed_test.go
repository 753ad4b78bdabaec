package kube

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/rollguard/rollguard/test/kube/filelock"
)

func TestStartAfterKill(t *testing.T) {
	tests := []struct {
		name string
		// wait says whether the children are to die with the program, before
		// anybody looks for leftovers, or Start follows at once.
		wait bool
	}{
		{"children die with the program", true},
		{"start follows at once", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			cmd, _ := startHelper(t, helperPlane, dir, "helper")
			pids := readPIDs(t, dir)
			if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			if test.wait {
				waitGone(t, dir, pids)
			}
			plane := start(t, Options{Dir: dir})
			again := readPIDs(t, dir)
			if err := plane.Stop(); err != nil {
				t.Fatal(err)
			}
			for name, pid := range pids {
				if isOurs(dir, name, pid) {
					t.Errorf("%s of the killed program, process %d, lives on", name, pid)
				}
			}
			for name, pid := range again {
				if exists(pid) {
					t.Errorf("%s, process %d, lives on", name, pid)
				}
			}
		})
	}
}

func TestLeftoverProcess(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name string
		args []string
		ours bool
	}{
		{"our program on our folder", []string{"etcd", "--data-dir=" + dir + "/data/etcd"}, true},
		{"our program, path and all", []string{"/bin/etcd", "--data-dir=" + dir + "/data/etcd"}, true},
		{"our program on another folder", []string{"etcd", "--data-dir=" + dir + "2/data/etcd"}, false},
		{"another program on our folder", []string{"editor", "--file=" + dir + "/logs/etcd.log"}, false},
		{"another program", []string{"editor"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := os.MkdirAll(filepath.Join(dir, "pids"), 0o700); err != nil {
				t.Fatal(err)
			}
			cmd, stdin := startHelper(t, helperBlock, dir, test.args...)
			if err := writePID(dir, "etcd", cmd.Process.Pid); err != nil {
				t.Fatal(err)
			}
			s, err := openState(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			stdin.Close() // One that still lives ends in peace.
			_ = cmd.Wait()
			status := cmd.ProcessState.Sys().(syscall.WaitStatus)
			if killed := status.Signaled(); killed != test.ours {
				t.Errorf("killed is %v, want %v", killed, test.ours)
			}
		})
	}
}

func TestSweepTemporary(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	tests := []struct {
		name   string
		locked bool
		age    time.Duration
		stays  bool
	}{
		{"left by a killed program", false, 2 * sweepAge, false},
		{"just made", false, 0, true},
		{"in use for long", true, 2 * sweepAge, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", temporaryPattern)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "lock")
			lock, err := filelock.Try(path)
			if err != nil {
				t.Fatal(err)
			}
			if test.locked {
				defer lock.Release()
			} else if err := lock.Release(); err != nil {
				t.Fatal(err)
			}
			then := time.Now().Add(-test.age)
			if err := os.Chtimes(path, then, then); err != nil {
				t.Fatal(err)
			}
			sweepTemporary()
			_, err = os.Stat(dir)
			if stays := err == nil; stays != test.stays {
				t.Errorf("stays is %v, want %v", stays, test.stays)
			}
		})
	}
}
