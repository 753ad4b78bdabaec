package selfprobe

import (
	"fmt"
	"strings"
)

// Effect is what a difference does, worst first.
type Effect int

// The effects.
const (
	// NeverCalled: whatever is written, Rollguard is not asked.
	NeverCalled Effect = iota
	// CalledLess: of some writes Rollguard is not asked, or the way to it is another.
	CalledLess
	// OthersLess: of some writes Rollguard is not asked, and the probe's are none of them.
	OthersLess
	// Otherwise: all the rest.
	Otherwise
)

// Difference is one way in which a webhook configuration is not as Rollguard's manifest
// has it.
type Difference struct {
	// Webhook is the entry, Field its field as the API names it.
	Webhook, Field string
	// Is is what is there, Has what the manifest has; empty means nothing.
	Is, Has string
	Effect  Effect
	// So is what comes of it, empty where that is plain.
	So string
}

// String is one sentence without a full stop.
func (d *Difference) String() string {
	verb := "is"
	if d.Field == rulesField {
		verb = "are"
	}
	text := fmt.Sprintf("%s %s %s, the manifest has %s", d.Where(), verb, orNothing(d.Is), orNothing(d.Has))
	if d.So != "" {
		text += ", so " + d.So
	}
	return text
}

// CallsURL tells whether all that differs is that a URL is called and not a Service.
func (d *Difference) CallsURL() bool {
	return d.Field == addressField && strings.HasPrefix(d.Is, "URL ")
}

// ByNamespace tells whether it leaves out namespaces.
func (d *Difference) ByNamespace() bool {
	return d.Webhook == MainWebhook && d.Field == namespacesField && d.Effect != Otherwise
}

// Where names the field and its webhook.
func (d *Difference) Where() string { return d.Field + " of webhook " + d.Webhook }

// The fields that are named more than once. Rules are the one whose name is a plural.
const (
	rulesField   = "rules"
	addressField = "clientConfig"
	bundleField  = "clientConfig.caBundle"

	namespacesField = "namespaceSelector"
)

// maxShown bounds what is shown of a value, in bytes.
const maxShown = 160

func orNothing(value string) string {
	if value == "" {
		return "not set"
	}
	return cut(value, maxShown)
}

// Sentences joins the first differences, and counts the others. most is how many are told
// in full, 0 for all.
func Sentences(all []Difference, most int) string {
	var out []string
	for i := range all {
		if most > 0 && i == most {
			out = append(out, fmt.Sprintf("and %d more", len(all)-most))
			break
		}
		out = append(out, all[i].String())
	}
	return strings.Join(out, "; ")
}
