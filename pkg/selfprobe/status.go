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
	// Differences are those of the configuration from the manifest, the worst first.
	Differences []Difference
	// Foreign are the fields that somebody else set on the probe's Deployment.
	Foreign []Foreign
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

// Advice is one line on what to do, "" where nothing is. Where the configuration keeps the
// API server from calling, or sends it elsewhere, that is the cause.
func (f *Finding) Advice() string {
	switch f.Status {
	case Unchanged, Unreachable, Refused:
		if len(f.Differences) > 0 && f.Differences[0].Effect != Otherwise {
			return Repair
		}
	}
	return f.Status.Advice()
}

// Repair is the advice about an altered configuration. An apply merges: it leaves what
// somebody added.
const Repair = "Put the webhook configuration right with kubectl edit (to apply Rollguard's manifest again does not take out what somebody added), and look for who changed it: kubectl get -o yaml --show-managed-fields names them."
