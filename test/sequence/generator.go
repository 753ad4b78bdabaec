package sequence

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/rollguard/rollguard/pkg/api"
)

// Length is the number of steps of a sequence.
const Length = 20

// Step is a write of the Deployment, or a change of what is around it.
type Step struct {
	// Around, when set, replaces the surroundings, and nothing is written.
	Around *Surroundings
	// Changes of the author, none when he writes the same once more.
	Changes []Change
	Manner  Manner
	// Tampers says that the changes are to our record, which is in no manifest.
	Tampers bool
	// Undo goes back so many revisions; 0 is none.
	Undo int
	// Absent says that the webhook does not see the write.
	Absent bool
	// Looks says that the posture loop looks at the Deployment, and repairs it as the
	// namespace wants. Nobody else writes.
	Looks bool
}

// ChangesTemplate tells whether the author changes his Pod template.
func (s Step) ChangesTemplate() bool {
	return s.Undo > 0 || slices.ContainsFunc(s.Changes, Change.inTemplate)
}

func (s Step) String() string {
	switch {
	case s.Around != nil:
		return "surroundings: " + s.Around.String()
	case s.Looks:
		return "the posture loop looks"
	}
	what := "the same once more"
	if s.Undo > 0 {
		what = fmt.Sprintf("rollout undo by %d", s.Undo)
	} else if len(s.Changes) > 0 {
		parts := make([]string, len(s.Changes))
		for i, c := range s.Changes {
			parts[i] = c.String()
		}
		what = strings.Join(parts, ", ")
	}
	if s.Absent {
		what += " (webhook absent)"
	}
	return string(s.Manner) + ": " + what
}

// Sequence is what happens to one Deployment.
type Sequence struct {
	Seed uint64
	// NativeSleep and AssumeService: see policy.Input. A real API server has its own.
	NativeSleep, AssumeService bool
	// Around is how it begins. The first step creates the Deployment.
	Around Surroundings
	Steps  []Step
}

type generator struct {
	*rand.Rand
	around Surroundings
	// home is the manner in which most writes are done.
	home Manner
	// tampers says that somebody edits the record in this sequence.
	tampers bool
}

func pick[T any](g *generator, items []T) T { return items[g.IntN(len(items))] }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

// Generate makes the sequence of a seed.
func Generate(seed uint64) Sequence {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0))}
	g.home, g.tampers = pick(g, Manners()), g.chance(25)
	g.around = Surroundings{Labelled: !g.chance(10), Annotations: map[string]string{}, Service: g.chance(85), TargetType: pick(g, []string{"ip", "ip", "instance", ""})}
	if g.chance(10) {
		g.around.Annotations["rollout"] = "immediate"
	}
	if g.chance(50) {
		g.around.Annotations["repair"] = pick(g, []string{"strategy", "rollout"})
	}
	s := Sequence{Seed: seed, NativeSleep: g.chance(75), AssumeService: g.chance(50), Around: g.around.clone()}
	s.Steps = append(s.Steps, Step{Manner: g.manner(), Absent: g.chance(10)})
	for len(s.Steps) < Length {
		next := g.step()
		s.Steps = append(s.Steps, next)
		if (next.Around != nil || next.Absent) && len(s.Steps) < Length && g.chance(50) {
			s.Steps = append(s.Steps, Step{Looks: true}) // something is late, or slipped through
		}
	}
	return s
}

func (g *generator) manner() Manner {
	if g.chance(50) {
		return g.home
	}
	return pick(g, Manners())
}

func (g *generator) step() Step {
	s := Step{Manner: g.manner(), Absent: g.chance(12)}
	switch n := g.IntN(100); {
	case n < 18:
		g.turn()
		around := g.around.clone()
		return Step{Around: &around}
	case n < 25:
		return Step{Looks: true}
	case n < 32: // the same once more
	case n < 38:
		s.Undo, s.Manner = 1+g.IntN(3), JSONPatch
	case n < 43 && g.tampers:
		s.Tampers, s.Manner = true, pick(g, []Manner{PutStored, JSONPatch, MergePatch, StrategicPatch})
		s.Changes = []Change{{Path: []string{"metadata", "annotations", api.AnnotationInjected}, Value: pick(g, records())}}
	case n < 72:
		s.Changes = g.edit(templateEdits())
	default:
		s.Changes = g.edit(otherEdits())
	}
	return s
}

// edit changes a field, or takes it away; an image has no other end than another one.
func (g *generator) edit(list []edit) []Change {
	e := pick(g, list)
	v := pick(g, e.values)
	if g.chance(35) && !strings.HasSuffix(e.path, "image") {
		v = nil
	}
	changes := e.changes(v)
	if g.chance(20) { // two fields at once
		second := pick(g, list)
		if second.path != e.path && !strings.HasPrefix(second.path, "spec strategy") {
			changes = append(changes, second.changes(pick(g, second.values))...)
		}
	}
	return changes
}

// turn changes something around the Deployment.
func (g *generator) turn() {
	switch g.IntN(11) {
	case 0:
		g.around.Labelled = !g.around.Labelled
	case 1:
		g.around.Service = !g.around.Service
	case 2, 3:
		g.around.TargetType = pick(g, []string{"", "ip", "instance", mistyped})
	case 4:
		g.around.Binding = pick(g, []string{"", "HTTP", "TCP"})
	default:
		policies := namespacePolicies()
		key := pick(g, slices.Sorted(maps.Keys(policies)))
		if g.chance(30) {
			delete(g.around.Annotations, key)
		} else {
			g.around.Annotations[key] = pick(g, policies[key])
		}
	}
	if !g.around.Labelled && g.chance(60) {
		g.around.Labelled = true
	}
}
