package live

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/url"
	"strings"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/certs"
	"github.com/rollguard/rollguard/certs/certmanager"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
	"github.com/rollguard/rollguard/pkg/selfprobe"
)

// ownSecret is the Secret of Rollguard's own certificates in its manifest.
const ownSecret = "rollguard-certificates" //nolint:gosec // the name of one

// origin is where the serving certificate comes from.
type origin struct {
	// secret has it, certificate is the cert-manager Certificate that fills the Secret,
	// empty for none.
	secret, certificate string
}

// originOf reads the webhook's arguments and volumes. Without a Deployment it is what
// the manifest has.
func originOf(d *appsv1.Deployment) origin {
	o := origin{secret: ownSecret}
	if d == nil {
		return o
	}
	for _, c := range d.Spec.Template.Spec.Containers {
		for _, arg := range c.Args {
			if name, ok := strings.CutPrefix(arg, "--certificate="); ok {
				o.certificate = name
			}
			if name, ok := strings.CutPrefix(arg, "--secret="); ok {
				o.secret = name
			}
		}
	}
	for _, v := range d.Spec.Template.Spec.Volumes {
		if v.Name == "tls" && v.Secret != nil {
			o.secret = v.Secret.SecretName
		}
	}
	return o
}

// authorityPoint tells how long the authority is valid that API servers trust.
func authorityPoint(w *admissionregistrationv1.MutatingWebhook, now time.Time) Point {
	p := Point{Name: "certificate", Advice: "Rollguard renews its own certificates: look at its logs. Others are whoever's who writes the caBundle."}
	until, err := newest(w.ClientConfig.CABundle)
	if err != nil {
		p.Says = "the caBundle " + err.Error()
		return p
	}
	p.Says = fmt.Sprintf("the authority in the caBundle is valid for %s", textwidth.Count(daysTo(until, now), "day"))
	if p.OK = daysTo(until, now) >= fewDays; p.OK {
		p.Advice = ""
	}
	return p
}

// servingPoint tells how long the certificate in the Secret is valid, and whether API
// servers accept it. Who may not read Secrets still has the dry run, which shows the
// second.
func (c *Cluster) servingPoint(ctx context.Context, i inspected, from origin, w *admissionregistrationv1.MutatingWebhook) Point {
	p := Point{Name: "serving"}
	called := "Secret " + i.Namespace + "/" + from.secret
	secret, err := c.clients.CoreV1().Secrets(i.Namespace).Get(ctx, from.secret, metav1.GetOptions{})
	switch {
	case apierrors.IsForbidden(err):
		p.OK, p.Says, p.Advice = true, called+" was not looked at: "+words(err), adviceOn(err)
		return p
	case apierrors.IsNotFound(err):
		p.Says, p.Advice = called+" does not exist, so there is no serving certificate", from.advice(i)
		return p
	case err != nil:
		p.unknown(called, err)
		return p
	}
	chain, err := certs.ParseBundle(secret.Data[corev1.TLSCertKey])
	if len(chain) == 0 {
		p.Says, p.Advice = fmt.Sprintf("%s has no certificate in %s", called, corev1.TLSCertKey), from.advice(i)
		if err != nil {
			p.Says += ": " + err.Error()
		}
		return p
	}
	p.judge(called, chain, w, i.now)
	if !p.OK && p.Advice == "" {
		p.Advice = from.advice(i)
	}
	return p
}

// judge says what a client would say of the chain, and how long it is good.
func (p *Point) judge(called string, chain []*x509.Certificate, w *admissionregistrationv1.MutatingWebhook, now time.Time) {
	until := chain[0].NotAfter
	for _, c := range chain {
		if c.NotAfter.Before(until) {
			until = c.NotAfter
		}
	}
	days := daysTo(until, now)
	p.Says = fmt.Sprintf("the certificate of %s is valid for %s", called, textwidth.Count(days, "day"))
	if bundle := w.ClientConfig.CABundle; len(bundle) > 0 { // that it is empty is said above
		if err := certs.Verify(chain, bundle, dialled(w), now); err != nil {
			p.Says = fmt.Sprintf("API servers do not accept the certificate of %s, which ends in %s: %v", called, textwidth.Count(days, "day"), err)
			return
		}
		p.Says += ", and the caBundle trusts it"
	}
	if p.OK = now.Before(certs.NoticeAt(chain[0], until)); !p.OK {
		p.Says = fmt.Sprintf("the certificate of %s ends in %s and was not renewed", called, textwidth.Count(days, "day"))
	}
}

// dialled is the name for which API servers want the certificate (kube-apiserver
// apiserver/pkg/util/webhook/client.go).
func dialled(w *admissionregistrationv1.MutatingWebhook) string {
	if s := w.ClientConfig.Service; s != nil {
		return s.Name + "." + s.Namespace + ".svc"
	}
	if w.ClientConfig.URL != nil {
		if u, err := url.Parse(*w.ClientConfig.URL); err == nil {
			return u.Hostname()
		}
	}
	return ""
}

// advice is what to do about a certificate that is not there or not good.
func (o origin) advice(i inspected) string {
	switch {
	case o.certificate != "":
		return fmt.Sprintf("kubectl describe certificate -n %s %s; the caBundle is written by cert-manager's cainjector.", i.Namespace, o.certificate)
	case o.secret == ownSecret || strings.HasSuffix(o.secret, "-certificates"):
		return "Rollguard writes both, Secret and caBundle: look at its logs, and for a second writer of the caBundle."
	}
	return "Secret and caBundle (certificates.files.caBundle in the chart's values) are yours: renew what does not fit."
}

// certManagerPoint tells what cert-manager says of its Certificate.
func (c *Cluster) certManagerPoint(ctx context.Context, i inspected, name string) Point {
	p := Point{Name: "cert-manager", Advice: fmt.Sprintf("kubectl describe certificate,issuer -n %s; kubectl logs -n cert-manager deploy/cert-manager", i.Namespace)}
	status, err := certmanager.Read(ctx, c.dynamic, i.Namespace, name)
	if err == nil {
		err = status.Err(i.Namespace, name)
	}
	if err != nil {
		p.Says = err.Error()
		return p
	}
	p.OK, p.Advice = true, ""
	p.Says = fmt.Sprintf("Certificate %s/%s is ready", i.Namespace, name)
	if !status.Renews.IsZero() {
		p.Says += fmt.Sprintf(", and is renewed in %s", textwidth.Count(daysTo(status.Renews, i.now), "day"))
	}
	return p
}

func daysTo(at, now time.Time) int { return int(at.Sub(now).Hours() / 24) }

// certificatePoints are all about certificates.
func (c *Cluster) certificatePoints(ctx context.Context, i inspected, found *admissionregistrationv1.MutatingWebhookConfiguration, d *appsv1.Deployment) []Point {
	w, from := selfprobe.Entry(found, selfprobe.MainWebhook), originOf(d)
	points := []Point{authorityPoint(w, i.now), c.servingPoint(ctx, i, from, w)}
	if from.certificate != "" {
		points = append(points, c.certManagerPoint(ctx, i, from.certificate))
	}
	return points
}
