package chart

import (
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/certs"
	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

// The real program, with the arguments, the file and the rights that the chart gives to
// its Pods. Only the folders of the Pod are elsewhere here, and its ports.
func TestTheProgramRunsWithWhatTheChartGivesIt(t *testing.T) {
	program := filepath.Join(t.TempDir(), "rollguard-webhook")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../cmd/rollguard-webhook").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	namespace(t, "rollguard", nil)
	for _, v := range []struct {
		name  string
		flags []string
	}{
		{"self-signed", nil},
		{"files", []string{"--set", "certificates.mode=files,certificates.files.secretName=mine", "--set-file", "certificates.files.caBundle=testdata/ca.crt"}},
		{"cert-manager, on the host network", []string{"--set", "certificates.mode=cert-manager,hostNetwork.enabled=true"}},
		{"client certificates", []string{"--set", "clientCertificates.configMap=api-servers,clientCertificates.names={kube-apiserver}"}},
		{"all knobs", []string{"-f", "testdata/knobs.yaml", "--set", "fullnameOverride="}},
	} {
		t.Run(v.name, func(t *testing.T) {
			rendered := render(t, v.flags...)
			if _, err := install.Kubectl(t.Context(), world.plane, rendered, "apply", "-f", "-"); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if _, err := install.Kubectl(t.Context(), world.plane, rendered, "delete", "--wait=false", "-f", "-"); err != nil {
					t.Error(err)
				}
				finalize(t.Context(), t)
			}()
			runProgram(t, program, podFolders(t, rendered), deployment(t, v.flags...).Spec.Template.Spec.Containers[0])
		})
	}
}

// podFolders are what is mounted below /etc/rollguard.
func podFolders(t *testing.T, rendered []byte) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "config", "config.yaml"), []byte(configurationFile(t, rendered)))
	writePair(t, filepath.Join(dir, "tls"))
	authority, err := os.ReadFile("testdata/ca.crt")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "client-ca", "ca.crt"), authority)
	return dir
}

// writePair writes a serving certificate as a mounted Secret has it.
func writePair(t *testing.T, dir string) {
	t.Helper()
	authority, err := certs.NewAuthority(time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := certs.IssueLeaf(authority, certs.LeafRequest{Now: time.Now(), Life: time.Hour, DNSNames: []string{"rollguard.rollguard.svc"}})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "tls.crt"), leaf.CertPEM)
	writeFile(t, filepath.Join(dir, "tls.key"), leaf.KeyPEM)
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// runProgram starts it, waits until it is ready, and ends it.
func runProgram(t *testing.T, program, folders string, container corev1.Container) {
	t.Helper()
	account, err := install.ServiceAccount(world.plane)
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := kube.WriteKubeconfig(kubeconfig, account); err != nil {
		t.Fatal(err)
	}
	addresses, err := install.FreeAddresses()
	if err != nil {
		t.Fatal(err)
	}
	var args []string
	for _, a := range container.Args {
		args = append(args, strings.NewReplacer("/etc/rollguard", folders, "$(POD_NAME)", "rollguard-0", "$(POD_UID)", "0000").Replace(a))
	}
	// Of a flag that is given twice the last counts.
	args = append(args, "--kubeconfig="+kubeconfig, "--host=127.0.0.1", "--port="+strconv.Itoa(addresses.Port), "--ops-address="+addresses.Ops, "--drain-delay=0s")
	var log bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdout, cmd.Stderr = &log, &log
	for _, e := range container.Env {
		if e.ValueFrom == nil {
			cmd.Env = append(cmd.Env, e.Name+"="+e.Value)
		}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	eventually(t, "the program is ready or has ended", func() bool {
		return len(ended) > 0 || install.Ready(t.Context(), addresses.Ops) == nil
	})
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, `"level":"error"`) || strings.Contains(line, "forbidden") {
			t.Errorf("it complains: %s", line)
		}
	}
}

// What stands in the chart as a link must be one.
func TestTheChartsLinksAreURLs(t *testing.T) {
	raw, err := os.ReadFile("../../deploy/helm/rollguard/Chart.yaml")
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for line := range strings.Lines(string(raw)) {
		_, link, ok := strings.Cut(strings.TrimSpace(line), "url: ")
		if !ok {
			continue
		}
		links++
		u, err := url.Parse(link)
		if err != nil || u.Scheme != "https" {
			t.Errorf("%q: %v", link, err)
			continue
		}
		if _, path, inside := strings.Cut(u.Path, "/blob/main/"); inside {
			if _, err := os.Stat(filepath.Join("../..", path)); err != nil {
				t.Error(err)
			}
		}
	}
	if links < 3 {
		t.Errorf("%d links found", links)
	}
}
