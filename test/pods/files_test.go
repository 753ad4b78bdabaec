package pods

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rollguard/rollguard/certs"
)

// mine is the authority of the person who installs in mode files. It is set by
// installFiles.
var mine *certs.KeyPair

// certificateFiles writes a new certificate of that authority as tls.crt and tls.key, and
// the authority as ca.crt.
func certificateFiles(t *testing.T, dir string) {
	t.Helper()
	leaf, err := certs.IssueLeaf(mine, certs.LeafRequest{Now: time.Now(), Life: 90 * 24 * time.Hour, DNSNames: []string{"rollguard.rollguard.svc"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"tls.crt": leaf.CertPEM, "tls.key": leaf.KeyPEM, "ca.crt": mine.CertPEM} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func installFiles(t *testing.T, flags ...string) {
	t.Helper()
	var err error
	if mine, err = certs.NewAuthority(time.Now(), 365*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	dir := folder(t)
	certificateFiles(t, dir)
	doIn(t, dir, guide(t, "install.md", "create secret tls"), flags...)
}

// renewFiles replaces the Secret.
func renewFiles(t *testing.T) {
	t.Helper()
	before := mustServe(t)
	dir := folder(t)
	certificateFiles(t, dir)
	doIn(t, dir, "kubectl -n rollguard create secret tls rollguard-mine --cert=tls.crt --key=tls.key --dry-run=client -o yaml | kubectl apply -f -")
	anew(t, before)
}
