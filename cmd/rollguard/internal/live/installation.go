package live

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
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

// look is one check.
type look struct {
	*Cluster
	inspected

	// reached is what the dry run showed.
	reached selfprobe.Finding
	// missing says that there is no webhook configuration of Rollguard's, so that nobody is
	// called; elsewhere are those of another name than was asked for.
	missing   bool
	elsewhere []string
	// entry is Rollguard's webhook in its configuration, nil where that is not known.
	entry *admissionregistrationv1.MutatingWebhook
	// deployment is Rollguard's, nil where none is found.
	deployment *appsv1.Deployment
	config     *v1alpha1.WebhookConfiguration
	resolver   *api.Resolver
	// namespaces are all, or unlisted says why they could not be listed.
	namespaces []corev1.Namespace
	unlisted   error
	// guarded are those that Rollguard is called for, audited the names of those among them in
	// which nothing is written, and probe is the probe's.
	guarded, probe []mutator.Namespace
	audited        []string
}

// own is the webhook's namespace: that of the Cluster is the kubeconfig's.
func (l *look) own() string { return l.Installation.Namespace }

// Check looks at an installation. now is the time for which certificates are judged.
func (c *Cluster) Check(ctx context.Context, i selfprobe.Installation, now time.Time) []Point {
	l := &look{Cluster: c, inspected: inspected{i, now}}
	prober := selfprobe.Prober{Clients: c.clients, Installation: i}
	l.reached = prober.Look(ctx)
	found, err := c.clients.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(ctx, i.Configuration, metav1.GetOptions{})
	if err == nil {
		l.entry = selfprobe.Entry(found, selfprobe.MainWebhook)
	}
	l.namespaces, l.unlisted = c.allNamespaces(ctx)
	configuration := l.configurationPoint(ctx, found, err)
	webhook := l.webhookPoint(ctx)
	var certificates []Point
	if l.entry != nil {
		certificates = c.certificatePoints(ctx, l.inspected, found, l.deployment)
	}
	points := []Point{configuration, l.admissionPoint(append(slices.Clone(certificates), webhook))}
	points = append(points, certificates...)
	points = append(points, webhook)
	points = append(points, l.configPoints(ctx)...)
	if !l.missing || l.deployment != nil || webhook.Unknown { // else there is nobody to read them
		points = append(points, l.readPoints(ctx)...)
	}
	points = append(points, l.lookAtNamespaces()...)
	return append(points, l.mutatorPoints(ctx)...)
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

// webhookPoint tells which version runs, and how many replicas are ready, and keeps the
// Deployment.
func (l *look) webhookPoint(ctx context.Context) Point {
	p := Point{Name: "webhook"}
	list, err := l.clients.AppsV1().Deployments(l.own()).List(ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=rollguard"})
	switch {
	case err != nil:
		p.unknown("its Deployment", err)
		return p
	case len(list.Items) == 0 && l.called() != "":
		p.OK, p.Says = true, fmt.Sprintf("called by a URL, %s, and no Deployment of it is in namespace %s: what runs there cannot be looked at from here", l.called(), l.own())
		p.Advice = "If it runs in this cluster all the same, name its namespace with --rollguard-namespace."
		return p
	case len(list.Items) == 0:
		p.Says = "no Deployment with the label app.kubernetes.io/name=rollguard in namespace " + l.own()
		p.Advice = "Name the namespace with --rollguard-namespace, or apply Rollguard's manifest."
		return p
	}
	l.deployment = &list.Items[0]
	wanted, ready := ptr.Deref(l.deployment.Spec.Replicas, 1), l.deployment.Status.ReadyReplicas
	p.OK = ready > 0
	p.Says = fmt.Sprintf("%s, %d of %d replicas ready", l.deployment.Spec.Template.Spec.Containers[0].Image, ready, wanted)
	if ready < wanted {
		p.Advice = "kubectl describe pods -n " + l.own()
	}
	return p
}
