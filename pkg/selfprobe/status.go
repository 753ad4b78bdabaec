package selfprobe

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
		return "Compare the webhook configuration with Rollguard's manifest, and look for errors in Rollguard's logs."
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
}
