package kube

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// clientQPS and clientBurst are far above what a test sends, so that the
// client's own rate limit never slows one down.
const (
	clientQPS   = 1000
	clientBurst = 2000
)

// serviceName and serviceIP are how Pods know the API server.
const (
	serviceName  = "kubernetes.default.svc.cluster.local"
	serviceRange = "10.96.0.0/16"
	serviceIP    = "10.96.0.1"
)

// credentials are the keys and certificates of one control plane. Their files
// are in the folder pki of the state folder, as NAME.crt and NAME.key.
type credentials struct {
	authority *authority
	admin     pair
}

// newCredentials makes all keys and certificates and writes their files. The
// API server's certificate is also valid for hosts.
func newCredentials(s *state, hosts []string) (*credentials, error) {
	a, err := newAuthority()
	if err != nil {
		return nil, err
	}
	c := &credentials{authority: a}
	pairs := map[string]pair{"ca": a.pem}
	serverHosts := append([]string{
		loopback, "localhost", serviceIP, serviceName,
		"kubernetes", "kubernetes.default", "kubernetes.default.svc",
	}, hosts...)
	if pairs["apiserver"], err = a.server("kube-apiserver", serverHosts...); err != nil {
		return nil, err
	}
	if pairs["etcd"], err = a.server("etcd", loopback, "localhost"); err != nil {
		return nil, err
	}
	if pairs["etcd-client"], err = a.client("kube-apiserver-etcd-client"); err != nil {
		return nil, err
	}
	if pairs["kubelet-client"], err = a.client("kube-apiserver-kubelet-client", "system:masters"); err != nil {
		return nil, err
	}
	if c.admin, err = a.client("kubernetes-admin", "system:masters"); err != nil {
		return nil, err
	}
	pairs["admin"] = c.admin
	if pairs["service-account"], err = newServiceAccountKeys(); err != nil {
		return nil, err
	}
	for name, p := range pairs {
		if err := writePair(s, name, p); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// newServiceAccountKeys makes the keys that sign and check the tokens of
// service accounts; in place of a certificate stands the public key.
func newServiceAccountKeys() (pair, error) {
	key, err := newKey()
	if err != nil {
		return pair{}, err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return pair{}, fmt.Errorf("encode public key: %w", err)
	}
	private, err := encodeKey(key)
	return pair{
		cert: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}),
		key:  private,
	}, err
}

// writePair writes the files of one pair.
func writePair(s *state, name string, p pair) error {
	for suffix, text := range map[string][]byte{".crt": p.cert, ".key": p.key} {
		if err := os.WriteFile(s.path("pki", name+suffix), text, 0o600); err != nil {
			return fmt.Errorf("write key files: %w", err)
		}
	}
	return nil
}

// config returns how a client with the given certificate reaches url.
func (c *credentials) config(url string, p pair) *rest.Config {
	return &rest.Config{
		Host: url,
		TLSClientConfig: rest.TLSClientConfig{
			CAData:   c.authority.pem.cert,
			CertData: p.cert,
			KeyData:  p.key,
		},
		QPS:   clientQPS,
		Burst: clientBurst,
	}
}

// WriteKubeconfig writes config, as RESTConfig and User return it, to a file
// for programs such as kubectl. The file is readable by its owner only.
func WriteKubeconfig(path string, config *rest.Config) error {
	const name = "rollguard-test"
	file := clientcmdapi.NewConfig()
	file.Clusters[name] = &clientcmdapi.Cluster{
		Server:                   config.Host,
		CertificateAuthorityData: config.CAData,
		TLSServerName:            config.ServerName,
	}
	file.AuthInfos[name] = &clientcmdapi.AuthInfo{
		ClientCertificateData: config.CertData,
		ClientKeyData:         config.KeyData,
	}
	file.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	file.CurrentContext = name
	if err := clientcmd.WriteToFile(*file, path); err != nil {
		return fmt.Errorf("write kubeconfig: %w", err)
	}
	return nil
}
