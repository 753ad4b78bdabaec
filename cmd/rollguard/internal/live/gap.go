package live

import (
	"errors"
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
	// Settled says that nothing hangs on it but what a note tells: [Sentences] is silent of it.
	Settled bool `json:"-"`
}

// SettleClasses marks IngressClasses as settled.
func SettleClasses(gaps []Gap) {
	for i := range gaps {
		gaps[i].Settled = gaps[i].Settled || gaps[i].What == ingressClasses
	}
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

// nothing is the error where no Deployment could be read: of what was asked for, who may
// not read it, and what would do.
func (g *gathering) nothing() error {
	asked := slices.DeleteFunc(slices.Clone(g.Gaps), func(gap Gap) bool { return !gap.Asked })
	g.Gaps = nil // the error says it
	return errors.New(strings.Join(sentences(asked, ""), "\n") + ", or name a namespace that you may read with -n")
}
