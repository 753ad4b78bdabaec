package api

import (
	"time"

	"k8s.io/apimachinery/pkg/util/intstr"
)

type surge = Setting[intstr.IntOrString]

// probeAnnotations are the keys of one of the two probes. Only the readiness probe
// has a success threshold: the API demands 1 for a startup probe. Only the startup
// probe has a budget.
func probeAnnotations(name string, of func(*Settings) *Probe) []Annotation {
	readiness := name == "readiness"
	list := []Annotation{
		{Key: name + "-probe",
			Values: "`auto`, `http`, `tcp`, `grpc`, `none`", Default: "`auto`",
			Help: "The kind of " + name + " probe to add where the author has none. `auto` is http when a path is known, else tcp.",
			set: into(func(s *Settings) *Setting[ProbeKind] { return &of(s).Kind },
				oneOf(ProbeAuto, ProbeHTTP, ProbeTCP, ProbeGRPC, ProbeNone))},
		{Key: name + "-path",
			Values: "path, starting with `/`", Default: map[bool]string{true: "from the ALB's health check, if explicit"}[readiness],
			Help: "The path of the " + name + " probe.",
			set:  into(func(s *Settings) *Setting[string] { return &of(s).Path }, parsePath)},
		{Key: name + "-port",
			Values: "number or name", Default: "the port that traffic uses",
			Help: "The port of the " + name + " probe.",
			set:  intoPointer(func(s *Settings) *Setting[*intstr.IntOrString] { return &of(s).Port }, parsePort)},
		{Key: name + "-period",
			Values: "duration", Default: map[bool]string{true: "`1s`", false: "`5s`"}[readiness],
			Help: "How often the " + name + " probe runs.",
			set:  into(func(s *Settings) *Setting[time.Duration] { return &of(s).Period }, parsePositiveDuration)},
		{Key: name + "-timeout",
			Values: "duration", Default: "`3s`",
			Help: "How long one " + name + " probe may take.",
			set:  into(func(s *Settings) *Setting[time.Duration] { return &of(s).Timeout }, parsePositiveDuration)},
	}
	if readiness {
		list = append(list, Annotation{Key: name + "-success-threshold",
			Values: "count", Default: "`3`",
			Help: "How many successes in a row make a container ready.",
			set:  into(func(s *Settings) *Setting[int32] { return &of(s).SuccessThreshold }, parseThreshold)})
	}
	list = append(list, Annotation{Key: name + "-failure-threshold",
		Values: "count", Default: map[bool]string{true: "`5`", false: "from the budget"}[readiness],
		Help: "How many failures in a row make the " + name + " probe fail.",
		set:  intoPointer(func(s *Settings) *Setting[*int32] { return &of(s).FailureThreshold }, parseThreshold)})
	if !readiness {
		list = append(list, Annotation{Key: name + "-budget",
			Values: "duration", Default: "progressDeadlineSeconds",
			Help: "How long a start may take before the container is restarted: period times failure threshold.",
			set:  intoPointer(func(s *Settings) *Setting[*time.Duration] { return &of(s).Budget }, parsePositiveDuration)})
	}
	for i := range list {
		list[i].OnNamespace, list[i].OnDeployment = true, true
	}
	return list
}

// into makes a setter from a field and a parser.
func into[T any](field func(*Settings) *Setting[T], parse func(string) (T, error)) func(*Settings, string, Source) error {
	return func(s *Settings, text string, source Source) error {
		value, err := parse(text)
		if err != nil {
			return err
		}
		*field(s) = Setting[T]{Value: value, Source: source}
		return nil
	}
}

// intoPointer is into for a field in which nil means "derive it".
func intoPointer[T any](field func(*Settings) *Setting[*T], parse func(string) (T, error)) func(*Settings, string, Source) error {
	return into(field, func(text string) (*T, error) {
		value, err := parse(text)
		return &value, err
	})
}
