package selfsigned

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/utils/clock"
)

// What Options take when they do not say.
const (
	// DefaultAuthorityLife is that of cert-manager's own webhook authority.
	DefaultAuthorityLife = 365 * 24 * time.Hour
	// DefaultLeafLife is cert-manager's default for a Certificate.
	DefaultLeafLife = 90 * 24 * time.Hour
	// DefaultSettle is far above the time that a write takes to reach every API
	// server through its watch, which is about a second.
	DefaultSettle = time.Minute
	// DefaultOverlap leaves replicas that were cut off an hour to catch up.
	DefaultOverlap = time.Hour
	// DefaultRecheck is two small reads a minute and replica.
	DefaultRecheck = time.Minute
)

// Options says where the certificates live and for how long. The clients, the
// names and DNSNames are required, the rest has defaults.
type Options struct {
	// Secrets and Configurations are clients of the API server; a
	// kubernetes.Clientset has both as CoreV1() and AdmissionregistrationV1().
	Secrets        coreclient.SecretsGetter
	Configurations admissionclient.MutatingWebhookConfigurationsGetter

	// Namespace and SecretName name the Secret that keeps authority and
	// certificate. It is made when absent.
	Namespace, SecretName string
	// ConfigurationName names the MutatingWebhookConfiguration whose webhooks
	// all get the CA bundle.
	ConfigurationName string
	// DNSNames are the names in the certificate: <service>.<namespace>.svc.
	// A certificate with other names is issued anew.
	DNSNames []string

	// AuthorityLife and LeafLife are how long a new authority and a new serving
	// certificate are valid. Both are replaced after two thirds.
	AuthorityLife, LeafLife time.Duration
	// Settle is how long the configuration must have trusted an authority
	// before a certificate signed by it is served.
	Settle time.Duration
	// Overlap is how long a certificate that is no longer ours stays in the
	// bundle.
	Overlap time.Duration
	// Recheck is how often everything is looked at when no change is announced; less than
	// the default where lives are so short that it would miss the time for a step.
	Recheck time.Duration

	// Clock tells the time; by default the machine's.
	Clock clock.Clock
	// Log gets one line per write and one per new problem.
	Log logr.Logger
	// OnError, if set, is called for every round that failed, to be counted.
	OnError func(error)
}

// complete returns the options with their defaults, or what is wrong with them.
func (o Options) complete() (Options, error) {
	var problems []error
	for _, field := range []struct {
		name    string
		missing bool
	}{
		{"Secrets", o.Secrets == nil},
		{"Configurations", o.Configurations == nil},
		{"Namespace", o.Namespace == ""},
		{"SecretName", o.SecretName == ""},
		{"ConfigurationName", o.ConfigurationName == ""},
		{"DNSNames", len(o.DNSNames) == 0},
	} {
		if field.missing {
			problems = append(problems, fmt.Errorf("self-signed certificates: %s is not set", field.name))
		}
	}
	for _, field := range []struct {
		name     string
		value    *time.Duration
		fallback time.Duration
	}{
		{"AuthorityLife", &o.AuthorityLife, DefaultAuthorityLife},
		{"LeafLife", &o.LeafLife, DefaultLeafLife},
		{"Settle", &o.Settle, DefaultSettle},
		{"Overlap", &o.Overlap, DefaultOverlap},
		{"Recheck", &o.Recheck, 0}, // below: it depends on the others
	} {
		if *field.value < 0 {
			problems = append(problems, fmt.Errorf("self-signed certificates: %s is negative: %s", field.name, *field.value))
		}
		if *field.value == 0 {
			*field.value = field.fallback
		}
	}
	if o.Recheck == 0 {
		o.Recheck = min(DefaultRecheck, o.LeafLife/12, o.AuthorityLife/12, o.Settle)
	}
	if o.Settle >= o.AuthorityLife/3 {
		problems = append(problems, fmt.Errorf("self-signed certificates: Settle %s leaves no time to replace an authority that lives %s", o.Settle, o.AuthorityLife))
	}
	if o.Clock == nil {
		o.Clock = clock.RealClock{}
	}
	if o.OnError == nil {
		o.OnError = func(error) {}
	}
	return o, errors.Join(problems...)
}
