package posture

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// How much is told of fields in an Event, which is to have room for the advice: that many, no
// further one after so many bytes, and of a value so many.
const (
	maxFields = 8
	maxList   = 350
	maxValue  = 40
)

// inWords tells each field with its new value and the one that it replaces. verb is is, or
// was for what has been written.
func inWords(changes []policy.Change, verb string) string {
	var out strings.Builder
	for i := range changes {
		if i > 0 {
			out.WriteString(", ")
		}
		if i == maxFields || out.Len() > maxList {
			fmt.Fprintf(&out, "and %d more", len(changes)-i)
			break
		}
		c := &changes[i]
		fmt.Fprintf(&out, "%s (%s %s)", wanted(c), verb, valueInWords(c.Path, before(c)))
	}
	return out.String()
}

// before is the old value: where there is none, that which the API server takes.
func before(c *policy.Change) json.RawMessage {
	if d := c.Path.APIDefault(); absent(c.From) && d != "" {
		return json.RawMessage(d)
	}
	return c.From
}

func wanted(c *policy.Change) string {
	container, _ := c.Path.Container()
	text := fieldName(c.Path) + " " + valueInWords(c.Path, c.To)
	if container != "" {
		text += " in container " + container
	}
	return text
}

// fieldName is the last name on the way to the field.
func fieldName(path workload.Path) string {
	fields := path.Fields()
	return fields[len(fields)-1]
}

// fieldNames names each kind of field once.
func fieldNames(changes []policy.Change) string {
	var out []string
	for i := range changes {
		if name := fieldName(changes[i].Path); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

func absent(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func valueInWords(path workload.Path, raw json.RawMessage) string {
	if absent(raw) {
		return "none"
	}
	if container, _ := path.Container(); container == "" {
		return shortened(strings.Trim(string(raw), `"`), maxValue)
	}
	var value struct { // a probe or a hook
		corev1.ProbeHandler `json:",inline"`
		Sleep               *corev1.SleepAction `json:"sleep"`
	}
	if json.Unmarshal(raw, &value) != nil {
		return "another"
	}
	switch {
	case value.Sleep != nil:
		return fmt.Sprintf("sleep of %ds", value.Sleep.Seconds)
	case value.HTTPGet != nil:
		return shortened(fmt.Sprintf("GET %s on port %s", value.HTTPGet.Path, value.HTTPGet.Port.String()), maxValue)
	case value.TCPSocket != nil:
		return shortened("TCP on port "+value.TCPSocket.Port.String(), maxValue)
	case value.GRPC != nil:
		return fmt.Sprintf("gRPC on port %d", value.GRPC.Port)
	case value.Exec != nil:
		return shortened(strings.Join(value.Exec.Command, " "), maxValue)
	}
	return "another"
}
