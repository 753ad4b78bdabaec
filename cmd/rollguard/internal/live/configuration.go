package live

import (
	"context"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/selfprobe"
)

// configurationPoint tells whether API servers call Rollguard, and as its manifest has it.
func (l *look) configurationPoint(ctx context.Context, found *admissionregistrationv1.MutatingWebhookConfiguration, err error) Point {
	p := Point{Name: "configuration", Says: "MutatingWebhookConfiguration " + l.Configuration}
	switch {
	case apierrors.IsNotFound(err):
		p.Says += " does not exist"
	case err != nil:
		p.unknown(p.Says, err)
		return p
	case l.entry == nil:
		p.Says += " has no webhook " + selfprobe.MainWebhook
	default:
		l.compare(&p, found)
		return p
	}
	l.elsewhere = l.otherNames(ctx)
	if l.missing = len(l.elsewhere) == 0; l.missing {
		p.Says, p.Advice = p.Says+", so API servers do not call Rollguard", selfprobe.Missing.Advice()
		return p
	}
	p.Says += "; its webhook is in " + strings.Join(l.elsewhere, ", ")
	p.Advice = "If that is the installation that you mean, add --webhook-configuration " + l.elsewhere[0] + "."
	return p
}

// otherNames are other webhook configurations that call a Rollguard.
func (l *look) otherNames(ctx context.Context) []string {
	var out []string
	// Who may not list them is told so where other mutators are.
	all, err := l.clients.AdmissionregistrationV1().MutatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil
	}
	for i := range all.Items {
		if name := all.Items[i].Name; name != l.Configuration && selfprobe.Entry(&all.Items[i], selfprobe.MainWebhook) != nil {
			out = append(out, name)
		}
	}
	return out
}

// called is the URL at which Rollguard is called, "" where that is a Service.
func (l *look) called() string {
	if l.entry == nil || l.entry.ClientConfig.URL == nil {
		return ""
	}
	return *l.entry.ClientConfig.URL
}

// compare says how the configuration differs from the manifest. A URL in place of the
// Service is as good, where the dry run shows that it works.
func (l *look) compare(p *Point, found *admissionregistrationv1.MutatingWebhookConfiguration) {
	differences, err := l.Differences(found)
	if err != nil {
		p.Says, p.Advice = p.Says+" cannot be compared: "+err.Error(), "Take another build of rollguard."
		return
	}
	reached := l.reached.Status
	if reached == selfprobe.OK || reached == selfprobe.Unknown {
		differences = slices.DeleteFunc(differences, func(d selfprobe.Difference) bool { return d.CallsURL() })
	}
	if len(differences) > 0 {
		l.nameMissed(differences, found)
		p.Says += " was altered: " + selfprobe.Sentences(differences, 0)
		p.Advice = selfprobe.Repair(l.Configuration)
		return
	}
	p.OK = true
	p.Says += " is as Rollguard's manifest has it"
	if policy := l.entry.FailurePolicy; policy != nil && *policy == admissionregistrationv1.Fail {
		p.Says += ", with failurePolicy Fail: writes are refused while no replica answers"
	}
	if l.called() == "" {
		return
	}
	p.Says += ", but calls a URL, not a Service"
	if reached == selfprobe.Unknown {
		p.OK, p.Unknown = false, true
		p.Says, p.Advice = p.Says+"; whether that works is not known", "See admission, below."
	}
}

// nameMissed says of a difference by which namespaces are left out which of those that are there
// these are, as far as they may be listed.
func (l *look) nameMissed(differences []selfprobe.Difference, found *admissionregistrationv1.MutatingWebhookConfiguration) {
	at := slices.IndexFunc(differences, func(d selfprobe.Difference) bool { return d.ByNamespace() })
	if at < 0 || l.unlisted != nil {
		return
	}
	names, err := l.Missed(found, l.namespaces)
	if err != nil {
		return // then it could not be compared either
	}
	d := &differences[at]
	missed := make([]string, len(names))
	for i, name := range names {
		missed[i] = oneNamespace + name
	}
	switch {
	case len(missed) > 0 && d.Effect == selfprobe.OthersLess:
		d.So = "Rollguard is not called for labelled " + named(missed)
	case len(missed) > 0:
		d.So += "; these are left out: " + named(missed)
	case d.Effect == selfprobe.OthersLess:
		d.So += ", though it is for those that are there now"
	}
}

// admissionPoint says what came of the probe. Its cause may be said by another point.
func (l *look) admissionPoint(others []Point) Point {
	found := &l.reached
	p := Point{
		Name: "admission", OK: found.Status == selfprobe.OK,
		Unknown: found.Status == selfprobe.Unknown,
		Says:    string(found.Status) + ": " + found.Detail, Advice: found.Advice(),
	}
	switch r, denied := refused(found.Detail); {
	case found.Status == selfprobe.Missing:
		p.Says = string(found.Status) + ": see above"
	case p.Unknown && denied:
		p.Says, p.Advice = "unknown: "+r.String(), r.advice()
	case found.Explained():
		p.Says += "; the cause is likely " + found.Differences[0].Where()
		p.Advice = "See configuration, above."
	case found.Status == selfprobe.Refused && wrong(others, "serving"):
		p.Advice = "See serving, below."
	case found.Status == selfprobe.Unreachable && wrong(others, "webhook"):
		p.Advice = "See webhook, below."
	}
	return p
}

func wrong(points []Point, name string) bool {
	return slices.ContainsFunc(points, func(p Point) bool { return p.Name == name && !p.OK && !p.Unknown })
}
