package live

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/mutator"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
	"github.com/rollguard/rollguard/pkg/selfprobe"
)

// Point is one thing about the installation that was looked at. Several have the same name
// where there is more to say.
type Point struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Unknown says of one that is not OK that it is not known to be wrong either: whoever
	// asks may not look at it.
	Unknown bool `json:"unknown,omitempty"`
	// Says is what was found, Advice what to do, empty where nothing is. One that is OK and
	// has advice is a note: nothing is wrong that is known.
	Says   string `json:"says"`
	Advice string `json:"advice,omitempty"`
}

// inspected is an installation at the time for which its certificates are judged.
type inspected struct {
	selfprobe.Installation
	now time.Time
}

// fewDays is when a certificate authority should have been renewed already.
const fewDays = 14

// askOther is the advice where whoever asks may not read something.
const askOther = "Ask as somebody who may read it."

// look is one check.
type look struct {
	*Cluster
	inspected

	// entry is Rollguard's webhook in its configuration, nil where that is not known.
	entry *admissionregistrationv1.MutatingWebhook
	// deployment is Rollguard's, nil where none is found.
	deployment *appsv1.Deployment
	config     *v1alpha1.WebhookConfiguration
	resolver   *api.Resolver
	// listed says that namespaces could be listed: those that are guarded, and the probe's.
	listed         bool
	guarded, probe []mutator.Namespace
}

// own is the webhook's namespace: that of the Cluster is the kubeconfig's.
func (l *look) own() string { return l.Installation.Namespace }

// Check looks at an installation. now is the time for which certificates are judged.
func (c *Cluster) Check(ctx context.Context, i selfprobe.Installation, now time.Time) []Point {
	l := &look{Cluster: c, inspected: inspected{i, now}}
	found, err := c.clients.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(ctx, i.Configuration, metav1.GetOptions{})
	points := []Point{configurationPoint(i, found, err)}
	prober := selfprobe.Prober{Clients: c.clients, Installation: i}
	reached := prober.Look(ctx)
	points = append(points, admissionPoint(reached))
	deployment, webhook := c.webhookPoint(ctx, i)
	l.deployment = deployment
	if err == nil {
		l.entry = selfprobe.Entry(found, selfprobe.MainWebhook)
	}
	if l.entry != nil {
		points = append(points, c.certificatePoints(ctx, l.inspected, found, deployment)...)
	}
	points = append(points, webhook)
	points = append(points, l.configPoints(ctx)...)
	points = append(points, l.readPoints(ctx)...)
	points = append(points, l.lookAtNamespaces(ctx)...)
	return append(points, l.mutatorPoints(ctx, reached.Foreign)...)
}

// admissionPoint says what came of the probe. How the configuration differs is said by the
// point about it.
func admissionPoint(reached selfprobe.Finding) Point {
	p := Point{
		Name: "admission", OK: reached.Status == selfprobe.OK,
		Unknown: reached.Status == selfprobe.Unknown,
		Says:    string(reached.Status) + ": " + reached.Detail, Advice: reached.Advice(),
	}
	if p.Advice == selfprobe.Repair {
		p.Says += "; the cause is likely " + reached.Differences[0].Where()
		p.Advice = "See configuration, above."
	}
	return p
}

// unknown says that something could not be looked at.
func (p *Point) unknown(what string, err error) {
	p.OK, p.Unknown, p.Says, p.Advice = false, true, what+" cannot be read: "+err.Error(), askOther
}

func configurationPoint(i selfprobe.Installation, found *admissionregistrationv1.MutatingWebhookConfiguration, err error) Point {
	p := Point{Name: "configuration", Says: "MutatingWebhookConfiguration " + i.Configuration}
	switch {
	case apierrors.IsNotFound(err):
		p.Says, p.Advice = p.Says+" does not exist", selfprobe.Missing.Advice()
	case err != nil:
		p.unknown(p.Says, err)
	case selfprobe.Entry(found, selfprobe.MainWebhook) == nil:
		p.Says, p.Advice = p.Says+" has no webhook "+selfprobe.MainWebhook, selfprobe.Missing.Advice()
	default:
		compare(&p, i, found)
	}
	return p
}

// compare says how the configuration differs from the manifest.
func compare(p *Point, i selfprobe.Installation, found *admissionregistrationv1.MutatingWebhookConfiguration) {
	differences, err := i.Differences(found)
	switch {
	case err != nil:
		p.Says, p.Advice = p.Says+" cannot be compared: "+err.Error(), "Take another build of rollguard."
	case len(differences) > 0:
		p.Says += " was altered: " + selfprobe.Sentences(differences, 0)
		p.Advice = selfprobe.Repair
	default:
		p.OK = true
		p.Says += " is as Rollguard's manifest has it"
		if policy := selfprobe.Entry(found, selfprobe.MainWebhook).FailurePolicy; policy != nil && *policy == admissionregistrationv1.Fail {
			p.Says += ", with failurePolicy Fail: writes are refused while no replica answers"
		}
	}
}

// newest is the end of the certificate of a bundle that is valid the longest.
func newest(bundle []byte) (time.Time, error) {
	var until time.Time
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return until, fmt.Errorf("holds a certificate that cannot be read: %w", err)
		}
		if certificate.NotAfter.After(until) {
			until = certificate.NotAfter
		}
	}
	if until.IsZero() {
		return until, errors.New("is empty, so API servers trust nobody")
	}
	return until, nil
}

// webhookPoint tells which version runs, and how many replicas are ready. The Deployment
// is nil where none is found.
func (c *Cluster) webhookPoint(ctx context.Context, i selfprobe.Installation) (*appsv1.Deployment, Point) {
	p := Point{Name: "webhook"}
	list, err := c.clients.AppsV1().Deployments(i.Namespace).List(ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=rollguard"})
	switch {
	case err != nil:
		p.unknown("its Deployment", err)
		return nil, p
	case len(list.Items) == 0:
		p.Says = "no Deployment with the label app.kubernetes.io/name=rollguard in namespace " + i.Namespace
		p.Advice = "Name the namespace with --rollguard-namespace, or apply Rollguard's manifest."
		return nil, p
	}
	d := &list.Items[0]
	wanted := ptr.Deref(d.Spec.Replicas, 1)
	p.OK = d.Status.ReadyReplicas > 0
	p.Says = fmt.Sprintf("%s, %d of %d replicas ready", d.Spec.Template.Spec.Containers[0].Image, d.Status.ReadyReplicas, wanted)
	if d.Status.ReadyReplicas < wanted {
		p.Advice = "kubectl describe pods -n " + i.Namespace
	}
	return d, p
}
