package live

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/mutator"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/selfprobe"
)

// maxNamespaces is how many namespaces are told of by name, maxProblems what of one.
const (
	maxNamespaces = 10
	maxProblems   = 3
)

// allNamespaces reads them page by page.
func (c *Cluster) allNamespaces(ctx context.Context) ([]corev1.Namespace, error) {
	var out []corev1.Namespace
	o := metav1.ListOptions{Limit: pageSize}
	for {
		page, err := c.clients.CoreV1().Namespaces().List(ctx, o)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Items...)
		if o.Continue = page.Continue; o.Continue == "" {
			return out, nil
		}
	}
}

// lookAtNamespaces sorts them: guarded are those that Rollguard is called for.
func (l *look) lookAtNamespaces() []Point {
	if err := l.unlisted; err != nil {
		return []Point{{Name: "namespaces", OK: true, Says: words(err) + ", so neither their annotations nor who else changes Pods there is known", Advice: adviceOn(err)}}
	}
	var wrong, idle []Point
	for i := range l.namespaces {
		n := &l.namespaces[i]
		if n.Name == l.Probe {
			l.probe = []mutator.Namespace{{Name: n.Name, Labels: n.Labels}}
			continue
		}
		if l.guards(n) {
			l.guarded = append(l.guarded, mutator.Namespace{Name: n.Name, Labels: n.Labels})
			settings, problems := l.resolver.Resolve(n.Annotations, nil)
			if settings.Mode.Value == api.Audit {
				l.audited = append(l.audited, n.Name)
			}
			wrong = appendPoint(wrong, misunderstood(n, problems))
		} else if n.Labels[api.LabelInject] != api.InjectEnabled {
			idle = appendPoint(idle, unlabelled(n))
		}
	}
	return append(append(few(wrong, false), few(idle, true)...), l.understood(len(wrong)))
}

// guards tells whether the API server calls Rollguard for a namespace, and Rollguard does
// not pass it over.
func (l *look) guards(n *corev1.Namespace) bool {
	if n.Labels[api.LabelInject] != api.InjectEnabled || slices.Contains(l.config.ExcludedNamespaces, n.Name) {
		return false
	}
	if l.entry == nil || l.entry.NamespaceSelector == nil {
		return true
	}
	s, err := metav1.LabelSelectorAsSelector(l.entry.NamespaceSelector)
	return err == nil && s.Matches(labels.Set(n.Labels))
}

// misunderstood tells of annotations that do not do what whoever wrote them wanted.
func misunderstood(n *corev1.Namespace, problems []api.Problem) *Point {
	problems = append(slips(n.Labels), problems...)
	if len(problems) == 0 {
		return nil
	}
	var says []string
	for i, p := range problems {
		if i == maxProblems {
			says = append(says, fmt.Sprintf("and %d more", len(problems)-maxProblems))
			break
		}
		says = append(says, p.Message)
	}
	return &Point{
		Name: "namespaces", Says: fmt.Sprintf("%s: %s", n.Name, strings.Join(says, "; ")),
		Advice: fmt.Sprintf("Put it right with kubectl edit namespace %s; keys and values are in docs/reference/annotations.md.", n.Name),
	}
}

// slips are labels that were meant for something else. A label that is like nothing of ours
// may serve whoever set it, such as one for the native policy.
func slips(labels map[string]string) []api.Problem {
	return slices.DeleteFunc(api.LabelProblems(labels), func(p api.Problem) bool {
		return p.Kind == api.UnknownKey && !strings.HasSuffix(p.Message, "?")
	})
}

// unlabelled tells of a namespace that has words for Rollguard, which is not called there.
func unlabelled(n *corev1.Namespace) *Point {
	p := &Point{
		Name: "namespaces", OK: true,
		Advice: fmt.Sprintf("kubectl label --overwrite namespace %s %s=%s guards it.", n.Name, api.LabelInject, api.InjectEnabled),
	}
	const not = ", so nothing is guarded there"
	value, set := n.Labels[api.LabelInject]
	problems := slips(n.Labels)
	switch {
	case value == api.InjectDisabled:
		return nil // as somebody wants it
	case set:
		p.Says = fmt.Sprintf("%s: label %s is %q and not %q%s", n.Name, api.LabelInject, value, api.InjectEnabled, not)
	case len(problems) > 0:
		p.Says = fmt.Sprintf("%s: %s%s", n.Name, problems[0].Message, not)
	case slices.ContainsFunc(keys(n.Annotations), func(key string) bool { return strings.HasPrefix(key, api.Prefix) }):
		p.Says = fmt.Sprintf("%s: has annotations of Rollguard and not its label%s", n.Name, not)
	default:
		return nil
	}
	return p
}

func keys(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for key := range m {
		out = append(out, key)
	}
	return out
}

// understood sums up. What is labelled is guarded only where the webhook is at work.
func (l *look) understood(wrong int) Point {
	const label = "the label " + api.LabelInject + "=" + api.InjectEnabled
	p := Point{Name: "namespaces", OK: true}
	n, works, them := len(l.guarded), l.reached.Status == selfprobe.OK, "them"
	switch {
	case n == 0:
		p.Says = "no namespace is guarded yet: none that may be has " + label
		return p
	case n == 1 && works:
		p.Says = "1 namespace is guarded: " + l.guarded[0].Name
	case works:
		p.Says = fmt.Sprintf("%d namespaces are guarded", n)
	case n == 1:
		p.Says, them = fmt.Sprintf("1 namespace has %s (%s)", label, l.guarded[0].Name), "it"
	default:
		p.Says = fmt.Sprintf("%d namespaces have %s", n, label)
	}
	if works {
		p.Says += l.inAudit()
	}
	if !works {
		so, advice := l.unguarded(them)
		p.Says, p.Advice = p.Says+so, advice
	} else if wrong == 0 {
		p.Says += ", with annotations that are understood"
	}
	return p
}

// inAudit is a clause on guarded namespaces in which nothing is ever written.
func (l *look) inAudit() string {
	switch n := len(l.audited); {
	case n == 0:
		return ""
	case len(l.guarded) == 1:
		return ", in mode audit, where nothing is written"
	case n == 1:
		return fmt.Sprintf(", of which 1 is in mode audit, where nothing is written (%s)", firstOf(l.audited))
	default:
		return fmt.Sprintf(", of which %d are in mode audit, where nothing is written (%s)", n, firstOf(l.audited))
	}
}

// unguarded is what is known of namespaces with the label where the dry run was not
// completed, and what to do.
func (l *look) unguarded(them string) (so, advice string) {
	switch status := l.reached.Status; {
	case l.missing:
		return ", and nobody is called for " + them + " until the webhook is back", status.Advice()
	case status == selfprobe.Unreachable || status == selfprobe.Refused:
		return ", and nothing is completed there until the webhook answers", "See admission, above."
	}
	return "; whether anybody is called for " + them + " is not known", "See admission, above."
}

func appendPoint(points []Point, p *Point) []Point {
	if p == nil {
		return points
	}
	return append(points, *p)
}

// few keeps the first, and counts the others.
func few(points []Point, ok bool) []Point {
	more := len(points) - maxNamespaces
	if more <= 0 {
		return points
	}
	return append(points[:maxNamespaces:maxNamespaces], Point{
		Name: "namespaces", OK: ok, Says: fmt.Sprintf("%d more are like these", more), Advice: "Mend these, and ask again.",
	})
}
