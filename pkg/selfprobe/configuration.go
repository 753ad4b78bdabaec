package selfprobe

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
)

// Entry finds a webhook of the configuration by name, nil when there is none.
func Entry(c *admissionregistrationv1.MutatingWebhookConfiguration, name string) *admissionregistrationv1.MutatingWebhook {
	for i := range c.Webhooks {
		if c.Webhooks[i].Name == name {
			return &c.Webhooks[i]
		}
	}
	return nil
}

// maxTimeout is how long the API server may wait for us, in seconds: everybody's write
// waits with it. The chart takes no more (values.schema.json).
const maxTimeout = 5

// Differences are the ways in which a configuration with [MainWebhook] is not as
// Rollguard's manifest has it, the worst first. What the chart leaves to its values is no
// difference: the failure policy, the time-out up to 5 s, more excluded namespaces, who
// signs. An error means that the manifest itself cannot be read.
func (i Installation) Differences(c *admissionregistrationv1.MutatingWebhookConfiguration) ([]Difference, error) {
	manifest, err := i.expected()
	if err != nil {
		return nil, err
	}
	var out []Difference
	for n := range manifest.Webhooks {
		want := &manifest.Webhooks[n]
		is := Entry(c, want.Name)
		if is == nil {
			out = append(out, Difference{Webhook: want.Name, Field: "name", Has: want.Name, Effect: CalledLess, So: probeBlind})
			continue
		}
		p := &pair{is: is, has: want, place: i}
		p.compare()
		out = append(out, p.found...)
	}
	for n := range c.Webhooks {
		if name := c.Webhooks[n].Name; Entry(manifest, name) == nil {
			out = append(out, Difference{Webhook: name, Field: "name", Is: name, Effect: Otherwise, So: "Rollguard is called where it does not expect it"})
		}
	}
	slices.SortStableFunc(out, func(a, b Difference) int { return cmp.Compare(a.Effect, b.Effect) })
	return out, nil
}

// pair is one webhook of the configuration, and what the manifest has for it.
type pair struct {
	is, has *admissionregistrationv1.MutatingWebhook
	place   Installation
	found   []Difference
}

// unless notes a difference where two values are not the same. Only the self-probe needs
// the webhook that is there for it.
func (p *pair) unless(fine bool, d Difference) {
	if fine {
		return
	}
	if d.Webhook = p.is.Name; d.Webhook == ProbeWebhook && d.So != "" {
		d.Effect, d.So = Otherwise, probeBlind
	}
	p.found = append(p.found, d)
}

const probeBlind = "the self-probe cannot tell why Rollguard is not reached"

// differs notes a difference of one plain field.
func (p *pair) differs(field, is, has string) {
	p.unless(is == has, Difference{Field: field, Is: is, Has: has, Effect: Otherwise})
}

func (p *pair) compare() {
	p.rules()
	p.namespaces()
	p.objects()
	p.conditions()
	is, has := address(&p.is.ClientConfig), address(&p.has.ClientConfig)
	p.unless(is == has, Difference{Field: addressField, Is: is, Has: has, Effect: CalledLess})
	p.unless(len(p.is.ClientConfig.CABundle) > 0, Difference{Field: bundleField, Has: "the authority that Rollguard's certificate is from", Effect: CalledLess, So: "API servers trust nobody"})
	if p.is.Name == ProbeWebhook {
		is, has := value(p.is.FailurePolicy), value(p.has.FailurePolicy)
		p.unless(is == has, Difference{Field: "failurePolicy", Is: is, Has: has, So: probeBlind})
	}
	seconds := int32(10) // API default
	if p.is.TimeoutSeconds != nil {
		seconds = *p.is.TimeoutSeconds
	}
	p.unless(seconds <= maxTimeout, Difference{
		Field: "timeoutSeconds", Is: strconv.Itoa(int(seconds)), Has: fmt.Sprintf("at most %d", maxTimeout), Effect: Otherwise,
		So: fmt.Sprintf("a write may be held up for more than %d s", maxTimeout),
	})
	p.differs("matchPolicy", value(p.is.MatchPolicy), value(p.has.MatchPolicy))
	never := admissionregistrationv1.NeverReinvocationPolicy // API default
	p.differs("reinvocationPolicy", string(*cmp.Or(p.is.ReinvocationPolicy, &never)), string(*cmp.Or(p.has.ReinvocationPolicy, &never)))
	p.differs("sideEffects", value(p.is.SideEffects), value(p.has.SideEffects))
	p.differs("admissionReviewVersions", strings.Join(p.is.AdmissionReviewVersions, ", "), strings.Join(p.has.AdmissionReviewVersions, ", "))
}

func value[T ~string](v *T) string {
	if v == nil {
		return ""
	}
	return string(*v)
}

// address is where the API server calls.
func address(c *admissionregistrationv1.WebhookClientConfig) string {
	if c.Service == nil {
		return "URL " + *cmp.Or(c.URL, new(string))
	}
	port, path := int32(443), "/" // API defaults
	if c.Service.Port != nil {
		port = *c.Service.Port
	}
	if c.Service.Path != nil {
		path = *c.Service.Path
	}
	return fmt.Sprintf("Service %s/%s, port %d, path %s", c.Service.Namespace, c.Service.Name, port, path)
}
