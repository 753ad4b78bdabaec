package metrics

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Other is the label value of everything that is not among the known words.
const Other = "other"

// Options are what a Recorder is made from. All words are label values as they
// appear in the metrics.
type Options struct {
	// Registerer gets the metrics. Required.
	Registerer prometheus.Registerer
	// Modes and Outcomes are the words for an admission request.
	Modes, Outcomes []string
	// Codes are the reason codes of findings.
	Codes []string
	// DropReasons are why a connection may be dropped.
	DropReasons []string
	// Stages are where an internal error can happen.
	Stages []string
	// CertificateExpiry tells when the serving certificate expires, the zero
	// time if there is none. Without it the gauge says 0 for ever.
	CertificateExpiry func() time.Time
}

// validate returns what is wrong with the options.
func (o Options) validate() error {
	if o.Registerer == nil {
		return errors.New("metrics: Registerer is not set")
	}
	for _, field := range []struct {
		name  string
		words []string
	}{{"Modes", o.Modes}, {"Outcomes", o.Outcomes}, {"Codes", o.Codes}, {"Stages", o.Stages}, {"DropReasons", o.DropReasons}} {
		if slices.Contains(field.words, "") {
			return fmt.Errorf("metrics: %s has an empty word, which Prometheus takes for no label", field.name)
		}
	}
	return nil
}
