package selfprobe

import (
	"context"
	"fmt"
	"strings"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/pkg/api"
)

// The entries of the webhook configuration.
const (
	// MainWebhook completes Deployments.
	MainWebhook = "deployments.rollguard.io"
	// ProbeWebhook is called for the probe alone and must be reached.
	ProbeWebhook = "probe.rollguard.io"
)

// timeout bounds one look. The API server waits for the webhook for as long as the
// configuration says, twice at most.
const timeout = 35 * time.Second

// Prober looks. All fields are required. The Deployment would be created in the namespace
// Probe of the installation.
type Prober struct {
	Installation

	Clients kubernetes.Interface
}

// Look asks once. It stores nothing.
func (p *Prober) Look(ctx context.Context) Finding {
	found := p.look(ctx)
	found.Configuration = p.Configuration
	return found
}

func (p *Prober) look(ctx context.Context) Finding {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	made, err := p.Clients.AppsV1().Deployments(p.Probe).Create(ctx, deployment(),
		metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldManager: "rollguard-probe"})
	configuration, missing := p.configuration(ctx)
	var found Finding
	switch {
	case err == nil && completed(made):
		found = Finding{Status: OK, Detail: "a Deployment that is created as a dry run is completed"}
	case missing != nil:
		return *missing
	case err != nil:
		found = refusal(err)
	default:
		found = unchanged(configuration, made)
	}
	if err == nil {
		found.Foreign = foreign(made)
	}
	if configuration != nil {
		// The manifest is part of the program, and read in its tests.
		differences, _ := p.Differences(configuration)
		found.Differences = found.sorted(differences)
	}
	return found
}

func completed(d *appsv1.Deployment) bool {
	rolling := d.Spec.Strategy.RollingUpdate
	return d.Annotations[api.AnnotationInjected] != "" && rolling != nil && rolling.MaxUnavailable != nil && rolling.MaxUnavailable.String() == "0"
}

// configuration is the one there is; the finding is set where it is missing. Who may not
// read it goes on without.
func (p *Prober) configuration(ctx context.Context) (*admissionregistrationv1.MutatingWebhookConfiguration, *Finding) {
	found, err := p.Clients.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(ctx, p.Configuration, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil, &Finding{Status: Missing, Detail: fmt.Sprintf("MutatingWebhookConfiguration %s does not exist", p.Configuration)}
	case err != nil:
		return nil, nil
	case Entry(found, MainWebhook) == nil:
		return nil, &Finding{Status: Missing, Detail: fmt.Sprintf("MutatingWebhookConfiguration %s has no webhook %s", p.Configuration, MainWebhook)}
	}
	return found, nil
}

// refusal reads the API server's error about the probe.
func refusal(err error) Finding {
	text := line(err.Error())
	called := ""
	for _, name := range []string{MainWebhook, ProbeWebhook} {
		if strings.Contains(text, `failed calling webhook "`+name+`"`) {
			called = name
		}
	}
	if called == "" {
		return Finding{Status: Unknown, Detail: text}
	}
	// The words are those of Go's crypto/tls and crypto/x509, which the API server passes
	// on as they are.
	for _, word := range []string{"x509:", "tls:", "certificate"} {
		if strings.Contains(text, word) {
			return Finding{Status: Refused, Detail: text, called: called}
		}
	}
	return Finding{Status: Unreachable, Detail: text, called: called}
}

// unchanged says as much as can be said about a Deployment that came back as it was.
func unchanged(c *admissionregistrationv1.MutatingWebhookConfiguration, made *appsv1.Deployment) Finding {
	detail := "the Deployment came back as it was, though the API server reaches the webhook where it has to call it"
	switch {
	case made.Annotations[api.AnnotationInjected] != "":
		detail = "the webhook completed the Deployment, and something changed it back: " + changedBack(made)
	case c != nil && Entry(c, ProbeWebhook) == nil:
		detail = fmt.Sprintf("the Deployment came back as it was, and the configuration has no webhook %s, so it cannot be told why", ProbeWebhook)
	}
	return Finding{Status: Unchanged, Detail: detail}
}

// changedBack names what another mutator put where Rollguard's value was to be.
func changedBack(made *appsv1.Deployment) string {
	all := foreign(made)
	out := make([]string, len(all))
	for i := range all {
		out[i] = all[i].String()
	}
	if len(out) == 0 {
		return "its strategy is not as a rollout without loss needs it"
	}
	return strings.Join(out, "; ")
}

// maxLine bounds what is passed on of an error, in bytes.
const maxLine = 500

func line(text string) string { return cut(strings.Join(strings.Fields(text), " "), maxLine) }

// cut shortens text to a number of bytes, and says so.
func cut(text string, most int) string {
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}
