package live

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/rollguard/rollguard/pkg/manifest"
)

// oneNamespace begins the name of what is one object, not all of a kind.
const oneNamespace = "namespace "

// Gap is something that could not be read.
type Gap struct {
	What string `json:"what"`
	Err  string `json:"error"`
	// Asked says that it is what was asked for, not something beside it: Deployments, or
	// the namespace that they are in. Road says that it leads to their Pods in every cluster,
	// so that without it nothing is known that hangs on the traffic.
	Asked bool `json:"-"`
	Road  bool `json:"-"`
}

// Decides tells whether the question is not answered without it.
func (g *Gap) Decides() bool { return g.Asked || g.Road }

// Roads are the kinds that lead to Pods in every cluster, in the words of people, that could
// not be read, by namespace; under [Everywhere] stand those of no namespace.
type Roads map[string][]string

// Unread are those that lead to the Pods of a namespace.
func (r Roads) Unread(namespace string) []string {
	return slices.Concat(r[Everywhere], r[namespace])
}

// note says that a kind could not be read.
func (g *gathering) note(r resource, namespace string, err error) {
	if r.road != "" {
		g.Roads[namespace] = append(g.Roads[namespace], r.road)
	}
	if r.name == ingressClasses {
		g.Hidden[manifest.IngressClasses] = "could not be read"
	}
	g.gap(about(r, namespace), err)
	last := &g.Gaps[len(g.Gaps)-1]
	last.Asked, last.Road = r.name == deployments().name, r.road != ""
}

// gap notes what could not be read.
func (g *gathering) gap(what string, err error) {
	text := err.Error()
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		text = status.Status().Message
	}
	g.Gaps = append(g.Gaps, Gap{What: what, Err: text})
}

// Sentences says what could not be read, in one sentence without a full stop for all that
// could not be for the same reason.
func Sentences(gaps []Gap) []string {
	type cause struct{ where, reason string }
	kinds := map[cause][]string{}
	var order []cause
	for _, gap := range gaps {
		kind, where, _ := strings.Cut(gap.What, " of ")
		c := cause{where, gap.reason()}
		if kinds[c] == nil {
			order = append(order, c)
		}
		kinds[c] = append(kinds[c], kind)
	}
	var out []string
	for _, c := range order {
		what := strings.Join(kinds[c], ", ")
		if c.where != "" {
			what += " of " + c.where
		}
		out = append(out, what+" could not be read, so what is said may be wrong: "+c.reason)
	}
	return out
}

// reason is the error without the name of the kind, where it is a refusal in the words of
// the API server (apiserver pkg/endpoints/handlers/responsewriters, forbiddenMessage).
func (g *Gap) reason() string {
	_, user, forbidden := strings.Cut(g.Err, " is forbidden: ")
	head, tail, ok := strings.Cut(user, ` resource "`)
	if !forbidden || !ok {
		return g.Err
	}
	if _, tail, ok = strings.Cut(tail, ` in API group "`); !ok {
		return g.Err
	}
	if _, tail, ok = strings.Cut(tail, `"`); !ok {
		return g.Err
	}
	if name, ok := strings.CutPrefix(g.What, oneNamespace); ok {
		return "forbidden: " + head + " it" + strings.TrimPrefix(tail, fmt.Sprintf(" in the namespace %q", name))
	}
	return "forbidden: " + head + " them" + tail
}
