package server

import (
	"crypto/tls"
	"net/http"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
)

// The time-outs of one request. The webhook configuration gives us 2 s, so nobody
// waits for longer.
const (
	readTimeout  = 5 * time.Second
	writeTimeout = 10 * time.Second
)

func (s *server) newWebhook() webhook.Server {
	o := s.options
	w := webhook.NewServer(webhook.Options{Host: o.Host, Port: o.Port, TLSOpts: []func(*tls.Config){s.tls}})
	s.current.Store(s.handler(o.Webhook))
	w.Register(Path, s.limit(http.HandlerFunc(s.configured)))
	w.Register(ProbePath, s.limit(http.HandlerFunc(s.reached)))
	return w
}

// tls offers HTTP/1.1 only: API servers use nothing else for webhooks (Kubernetes
// issue 75791), and HTTP/2 would only add attack surface (CVE-2023-44487).
func (s *server) tls(c *tls.Config) {
	c.NextProtos = []string{"http/1.1"}
	c.MinVersion = tls.VersionTLS12
	c.CipherSuites = []uint16{ // TLS 1.2 with forward secrecy and AEAD; 1.3 has its own
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	}
	c.GetCertificate = s.source.GetCertificate
}

// limit bounds what one request may cost. controller-runtime's server sets no read
// and write time-outs, so they are set here for each request.
func (s *server) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		now, control := time.Now(), http.NewResponseController(w)
		if control.SetReadDeadline(now.Add(readTimeout)) != nil || control.SetWriteDeadline(now.Add(writeTimeout)) != nil {
			http.Error(w, "the connection takes no deadline", http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// excluded are the namespaces that are never touched: a mistake there would stop
// the cluster, or Rollguard itself, from starting.
func excluded(own string, c *v1alpha1.WebhookConfiguration) map[string]bool {
	names := map[string]bool{"kube-system": true, "kube-node-lease": true}
	if own != "" {
		names[own] = true
	}
	for _, name := range c.ExcludedNamespaces {
		names[name] = true
	}
	return names
}
