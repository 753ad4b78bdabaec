package selfprobe

import (
	"slices"
	"strings"
)

// Status is what a look found.
type Status string

// The statuses.
const (
	// OK: a Deployment that is created now is completed.
	OK Status = "ok"
	// Missing: there is no webhook configuration, so the API server calls nobody.
	Missing Status = "configuration-missing"
	// Unreachable: the API server calls, and gets no answer.
	Unreachable Status = "unreachable"
	// Refused: the API server does not accept the webhook's certificate.
	Refused Status = "certificate-refused"
	// Unchanged: the webhook can be reached, and the Deployment came back as it was.
	Unchanged Status = "not-changed"
	// Unknown: the question could not be asked.
	Unknown Status = "unknown"
)

// Statuses are all statuses.
func Statuses() []Status { return []Status{OK, Missing, Unreachable, Refused, Unchanged, Unknown} }

// Advice is one line on what to do, "" where nothing is.
func (s Status) Advice() string {
	switch s {
	case Missing:
		return "Apply Rollguard's manifest again: writes pass unguarded until then."
	case Unreachable:
		return "Look at Rollguard's Pods and Service, and whether the control plane may reach the webhook's port (on EKS: the security group of the nodes)."
	case Refused:
		return "Rollguard keeps the caBundle right by itself: look at its logs, and for whoever else writes the configuration (a GitOps tool, cert-manager)."
	case Unchanged:
		return "Look for errors in Rollguard's logs, and for another webhook or policy that changes Deployments back."
	case Unknown:
		return "Look at the message: the namespace of the probe, or the right to create Deployments in it, may be missing."
	}
	return ""
}

// Finding is what a look found, and the evidence.
type Finding struct {
	Status Status
	// Detail is one line: the API server's own words where there are any.
	Detail string
	// Differences are those of the configuration from the manifest: those that may be the
	// cause first, then the worst.
	Differences []Difference
	// Foreign are the fields that somebody else set on the probe's Deployment.
	Foreign []Foreign
	// Configuration is the name of the webhook configuration.
	Configuration string
	// called is the webhook that the API server complains about, "" for none.
	called string
}

// maxDifferences is how many are told in a line.
const maxDifferences = 3

// Altered tells how the configuration differs from the manifest, "" where it does not.
func (f *Finding) Altered() string {
	if len(f.Differences) == 0 {
		return ""
	}
	return "the configuration was altered: " + Sentences(f.Differences, maxDifferences)
}

// Says is the evidence in one line, with what differs.
func (f *Finding) Says() string {
	if altered := f.Altered(); altered != "" {
		return f.Detail + "; " + altered
	}
	return f.Detail
}

// maxBrief bounds what is said in an Event, in bytes: kubectl prints it in one line.
const maxBrief = 400

// Brief is the status, the evidence and the advice, in so few words that each is read. Of the
// evidence it has what is the cause, where that is known.
func (f *Finding) Brief() string {
	evidence, advice := f.Detail, f.Advice()
	if f.Explained() {
		evidence = f.Differences[0].String()
	} else if f.called != "" { // what comes before is the same each time
		_, evidence, _ = strings.Cut(evidence, f.called+`": `)
	}
	room := maxBrief - len(f.Status) - len(advice) - len(": ... ")
	return string(f.Status) + ": " + strings.TrimSuffix(cut(evidence, room), ".") + ". " + advice
}

// Advice is one line on what to do, "" where nothing is. Where a difference of the
// configuration may be the cause, that is to be put right.
func (f *Finding) Advice() string {
	if f.Explained() {
		return Repair(f.Configuration)
	}
	return f.Status.Advice()
}

// Explained tells whether the first difference may be the cause.
func (f *Finding) Explained() bool { return len(f.Differences) > 0 && f.explains(&f.Differences[0]) }

// explains tells whether a difference may be the cause of what was found. One may be
// harmless, as another address by which the webhook is reached all the same.
func (f *Finding) explains(d *Difference) bool {
	elsewhere := d.Field == addressField
	switch f.Status {
	case Unreachable:
		return elsewhere && d.Webhook == f.called && !f.late()
	case Refused:
		return (elsewhere || d.Field == bundleField) && d.Webhook == f.called
	case Unchanged:
		return d.Effect < OthersLess && (!elsewhere || !f.reachedAt(d.Is))
	}
	return false
}

// late tells whether somebody was called and did not answer in time: that is a matter of
// Pods and networks.
func (f *Finding) late() bool {
	return strings.Contains(f.Detail, "deadline exceeded") || strings.Contains(f.Detail, "i/o timeout")
}

// reachedAt tells whether the webhook for the probe, which was reached, is called at the same
// address, whatever the path.
func (f *Finding) reachedAt(address string) bool {
	return slices.ContainsFunc(f.Differences, func(d Difference) bool {
		return d.Webhook == ProbeWebhook && d.Field == addressField && withoutPath(d.Is) == withoutPath(address)
	})
}

func withoutPath(address string) string { return address[:strings.LastIndexByte(address, '/')+1] }

// sorted puts the differences that may be the cause first.
func (f *Finding) sorted(all []Difference) []Difference {
	f.Differences = all
	var causes, others []Difference
	for i := range all {
		if f.explains(&all[i]) {
			causes = append(causes, all[i])
		} else {
			others = append(others, all[i])
		}
	}
	return append(causes, others...)
}

// Repair is the advice about an altered configuration of that name, in commands as they can be
// pasted. An apply merges: it leaves what somebody added.
func Repair(configuration string) string {
	object := "mutatingwebhookconfiguration " + configuration
	return "Put it right with kubectl edit " + object + " (to apply Rollguard's manifest again does not take out what somebody added), and look for who changed it: kubectl get " + object + " -o yaml --show-managed-fields"
}
