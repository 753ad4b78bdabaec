package server

import (
	"time"

	"go.uber.org/zap"
	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/pkg/admission"
	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
)

// Path is where the webhook answers.
const Path = "/mutate"

// ProbePath is where the webhook answers for the self-probe.
const ProbePath = "/reached"

// Options say how the webhook runs.
type Options struct {
	// Config is how the API server is reached.
	Config *rest.Config
	// Webhook is the configuration, defaulted and checked.
	Webhook *v1alpha1.WebhookConfiguration
	// ConfigFile is where Webhook was read; it is read again when it changes. Empty means
	// that it was in no file.
	ConfigFile string
	// Pod is the Pod that this process runs in, if it does.
	Pod Pod
	// Host and Port are where the API server calls; an empty host is all addresses.
	Host string
	Port int
	// OpsAddress is where health, readiness and metrics are served.
	OpsAddress string
	// Clients say who may call.
	Clients Clients
	// Certificates say where the serving certificate comes from.
	Certificates Certificates
	// DrainDelay is how long requests are still answered after ctx ends: API servers
	// must learn first that this replica is going away.
	DrainDelay time.Duration
	Log        *zap.Logger
	// Posture says what happens beside the requests.
	Posture Posture
	// Decider replaces the decision maker. Only tests set it, to see what a failing
	// rule does to a write.
	Decider admission.Decider
}

// Certificates say where the serving certificate comes from.
type Certificates struct {
	// CertFile and KeyFile are PEM files that somebody else renews. When they are
	// empty, Rollguard signs its own certificate.
	CertFile, KeyFile string
	// Certificate is the cert-manager Certificate that CertFile and KeyFile come from,
	// if they do. It is watched, to say why there is none or no new one.
	Certificate string
	// Namespace, Secret and Configuration name what the self-signed source keeps: its
	// Secret, and the MutatingWebhookConfiguration that gets the CA bundle.
	Namespace, Secret, Configuration string
	// DNSNames are the names by which API servers call.
	DNSNames []string
	// LeafLife, AuthorityLife, Settle and Overlap: see selfsigned.Options; 0 is the
	// default of each.
	LeafLife, AuthorityLife, Settle, Overlap time.Duration
}

// Posture says how the Deployments are found that admission did not see. It runs on
// one replica at a time, in the namespace of the certificates; without one it does not
// run.
type Posture struct {
	// Lease makes one replica the leader. Empty switches posture off.
	Lease string
	// ProbeNamespace is where the self-probe asks for a Deployment. Empty switches the
	// self-probe off.
	ProbeNamespace string
	// Configuration is the MutatingWebhookConfiguration that the self-probe looks at.
	Configuration string
	// ProbeEvery is the time between two self-probes, Every between two rounds through all
	// namespaces. 0 is the default of each.
	ProbeEvery, Every time.Duration
}
