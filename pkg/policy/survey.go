package policy

import (
	"strings"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/provenance"
)

// survey settles what is asked about an object that nobody is writing.
func (e *evaluation) survey() {
	switch e.in.Survey {
	case NextRollout:
		e.result.Trigger = Surveyed
	case WithoutRollout:
		// What is stored is what is looked at. A record that cannot be read was reported.
		own, _ := provenance.ParseRecord(e.in.New.Annotations[api.AnnotationInjected])
		e.previous = provenance.Recorded(e.in.New, own)
		e.result.Trigger = TemplateKept
	}
}

// repairAsked tells whether this write is the posture loop asking for a rollout
// (docs/adr/0012): the annotation is new, and the namespace wants such repairs. A
// manifest that carries an old one along asks for nothing.
func (e *evaluation) repairAsked() bool {
	asked := e.in.New.Annotations[api.AnnotationRepaired]
	return e.in.Settings.Repair.Value == api.RepairRollout &&
		strings.HasPrefix(asked, string(api.RepairRollout)) &&
		asked != e.in.Old.Annotations[api.AnnotationRepaired]
}
