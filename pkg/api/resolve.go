package api

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/intstr"
)

const (
	keyInjected = "injected"
	keyRepaired = "repaired"
)

// Resolver turns annotations into [Settings]. It is immutable and safe for
// concurrent use.
type Resolver struct {
	profiles    map[string]Profile
	bounds      Bounds
	repair      RepairLimits
	annotations map[string]*Annotation // by full key
	keys        []string               // without the prefix, sorted
}

// NewResolver knows the given profiles beside the built-in ones, and beats those of
// the same name.
func NewResolver(profiles map[string]Profile, bounds Bounds) *Resolver {
	r := &Resolver{profiles: BuiltInProfiles(), bounds: bounds, repair: RepairLimits{ByDefault: RepairReport, AtMost: RepairRollout}, annotations: map[string]*Annotation{}}
	for name, p := range profiles {
		r.profiles[name] = p
	}
	list := Annotations()
	for i := range list {
		r.annotations[Prefix+list[i].Key] = &list[i]
		r.keys = append(r.keys, list[i].Key)
	}
	slices.Sort(r.keys)
	return r
}

// Resolve reads the annotations of a Namespace and a Deployment. Precedence:
// Deployment (where the namespace allows it), Namespace, profile, built-in. The
// problems come back sorted, the Namespace's first.
func (r *Resolver) Resolve(namespace, deployment map[string]string) (Settings, []Problem) {
	s := resolution{resolver: r, settings: builtIn()}
	ns, dep := ourKeys(namespace), ourKeys(deployment)
	s.settings.Repair.Value = r.repair.ByDefault
	overrides := s.allowOverrides(namespace)
	s.profile(namespace, deployment, overrides)
	s.layer(LayerNamespace, ns, namespace)
	if overrides {
		s.layer(LayerDeployment, dep, deployment)
	} else {
		s.refuse(dep, deployment)
	}
	s.clamp()
	return s.settings, s.problems
}

func builtIn() Settings {
	probe := func(period time.Duration, success int32, failure *int32) Probe {
		return Probe{
			Kind:             Setting[ProbeKind]{Value: ProbeAuto},
			Period:           Setting[time.Duration]{Value: period},
			Timeout:          Setting[time.Duration]{Value: 3 * time.Second},
			SuccessThreshold: Setting[int32]{Value: success},
			FailureThreshold: Setting[*int32]{Value: failure},
		}
	}
	failures := int32(5)
	return Settings{
		Mode:           Setting[Mode]{Value: Fill},
		Exposure:       Setting[string]{Value: ExposureAuto},
		MaxSurge:       surge{Value: intstr.FromString("25%")},
		MaxUnavailable: surge{Value: intstr.FromInt32(0)},
		Readiness:      probe(time.Second, 3, &failures),
		Startup:        probe(5*time.Second, 1, nil),
		Rollout:        Setting[Rollout]{Value: RolloutNext},
	}
}

// ourKeys are the keys with our prefix, sorted: most objects carry annotations of
// many other tools.
func ourKeys(annotations map[string]string) []string {
	var keys []string
	for key := range annotations {
		if strings.HasPrefix(key, Prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// resolution is one call of Resolve.
type resolution struct {
	resolver *Resolver
	settings Settings
	problems []Problem
}

func (s *resolution) report(kind ProblemKind, source Source, value, message string) {
	s.problems = append(s.problems, Problem{Kind: kind, Layer: source.Layer, Key: source.Name, Value: value, Message: message})
}

func (s *resolution) allowOverrides(namespace map[string]string) bool {
	v, ok := namespace[Prefix+keyAllowOverrides]
	if !ok {
		return true
	}
	allowed, err := parseBool(v)
	if err != nil {
		source := Source{Layer: LayerNamespace, Name: Prefix + keyAllowOverrides}
		s.report(BadValue, source, v, message(source, v, err.Error()))
		return true
	}
	return allowed
}

func (s *resolution) profile(namespace, deployment map[string]string, overrides bool) {
	chosen := Setting[string]{Value: DefaultProfile}
	pick := func(layer Layer, annotations map[string]string) {
		v, ok := annotations[Prefix+keyProfile]
		if !ok {
			return
		}
		source := Source{Layer: layer, Name: Prefix + keyProfile}
		if _, known := s.resolver.profiles[v]; !known {
			names := sortedNames(s.resolver.profiles)
			s.report(BadValue, source, v, message(source, v, "is none of "+strings.Join(names, ", ")+suggestion(v, names)))
			return
		}
		chosen = Setting[string]{Value: v, Source: source}
	}
	pick(LayerNamespace, namespace)
	if overrides {
		pick(LayerDeployment, deployment)
	}
	s.settings.Profile = chosen
	p := s.resolver.profiles[chosen.Value]
	source := Source{Layer: LayerProfile, Name: chosen.Value}
	s.settings.Timing = Timing{
		RequestTimeout:  Setting[time.Duration]{Value: p.RequestTimeout, Source: source},
		ShutdownMargin:  Setting[time.Duration]{Value: p.ShutdownMargin, Source: source},
		Propagation:     Setting[Propagation]{Value: p.Propagation, Source: source},
		DrainsOnSIGTERM: Setting[bool]{},
	}
}

func (s *resolution) layer(layer Layer, keys []string, values map[string]string) {
	for _, key := range keys {
		value := values[key]
		source := Source{Layer: layer, Name: key}
		a, known := s.resolver.annotations[key]
		switch {
		case key == LabelInject:
			s.report(WrongObject, source, value, fmt.Sprintf("%s has no effect: it is a label, not an annotation", source))
		case !known:
			s.report(UnknownKey, source, value, fmt.Sprintf("%s is not known and has no effect%s",
				source, suggestion(strings.TrimPrefix(key, Prefix), s.resolver.keys)))
		case layer == LayerNamespace && !a.OnNamespace, layer == LayerDeployment && !a.OnDeployment:
			s.report(WrongObject, source, value, fmt.Sprintf("%s has no effect there: it belongs on the %s", source, a.place()))
		case a.set == nil:
		case len(value) > maxValue:
			s.report(BadValue, source, value[:16], fmt.Sprintf("%s is ignored: its value is longer than %d bytes", source, maxValue))
		default:
			if err := a.set(&s.settings, value, source); err != nil {
				s.report(BadValue, source, value, message(source, value, err.Error()))
			}
		}
	}
}

// refuse reports the annotations of a Deployment whose namespace allows none. What
// Rollguard wrote is not a wish, so it is not refused.
func (s *resolution) refuse(keys []string, values map[string]string) {
	for _, key := range keys {
		if key == AnnotationInjected || key == AnnotationRepaired {
			continue
		}
		source := Source{Layer: LayerDeployment, Name: key}
		s.report(NotPermitted, source, values[key],
			fmt.Sprintf("%s is ignored: the namespace sets %s%s to false", source, Prefix, keyAllowOverrides))
	}
}

func (a *Annotation) place() string {
	if a.OnNamespace {
		return "Namespace"
	}
	return "Deployment"
}

func message(source Source, value, reason string) string {
	return fmt.Sprintf("%s is ignored: %s %s", source, quoted(value, maxQuoted), reason)
}

func sortedNames(profiles map[string]Profile) []string {
	names := make([]string, 0, len(profiles))
	for name := range profiles {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
