package live

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/mutator"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/selfprobe"
)

// mutatorPoints tell who else changes what Rollguard sets: on the probe's Deployment, on
// Pods that are there, and in all guarded namespaces for what can be read of others.
func (l *look) mutatorPoints(ctx context.Context) []Point {
	c, points := l.others(ctx)
	blind := slices.ContainsFunc(points, func(p Point) bool { return p.OK })
	points = append(points, foreignPoints(c, l.probe, l.reached.Foreign)...)
	if l.unlisted != nil {
		return points
	}
	if c.Namespaces = l.guarded; len(l.guarded) == 0 { // one to come
		c.Namespaces = []mutator.Namespace{{Labels: map[string]string{api.LabelInject: api.InjectEnabled}}}
	}
	if found := mutator.Find(c); len(found) > 0 || !blind { // else "nobody" is not known
		for _, note := range mutator.Notes(found) {
			points = append(points, Point{Name: "mutators", OK: true, Says: note.Says, Advice: note.Advice})
		}
	}
	return append(points, l.podPoints(ctx)...)
}

// others reads what is registered, as far as whoever asks may.
func (l *look) others(ctx context.Context) (*mutator.Cluster, []Point) {
	c := &mutator.Cluster{Own: l.Configuration, Unread: map[string]bool{}}
	if len(l.elsewhere) > 0 {
		c.Own = l.elsewhere[0]
	}
	var points []Point
	var gaps unreadOthers
	registered, err := l.clients.AdmissionregistrationV1().MutatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if err != nil {
		gaps.add("other MutatingWebhookConfigurations", err)
	} else {
		c.Webhooks = registered.Items
		points = append(points, l.twins(registered.Items)...)
	}
	var policies admissionregistrationv1.MutatingAdmissionPolicyList
	var bindings admissionregistrationv1.MutatingAdmissionPolicyBindingList
	err = l.policies(ctx, "mutatingadmissionpolicies", &policies)
	if err == nil {
		err = l.policies(ctx, "mutatingadmissionpolicybindings", &bindings)
	}
	if err != nil {
		gaps.add("MutatingAdmissionPolicies and their bindings", err)
	}
	c.Policies, c.Bindings = policies.Items, bindings.Items
	for _, e := range mutator.Engines() {
		read, err := l.engine(ctx, &e)
		if err != nil {
			c.Unread[e.Name] = true
			gaps.add("policies of "+e.Name, err)
			continue
		}
		c.Engines = append(c.Engines, read...)
	}
	return c, append(points, gaps.points()...)
}

// unreadOthers are what could not be read of others: all that is refused in one point.
type unreadOthers struct {
	refused []string // resources
	advice  string
	failed  []Point
}

func (u *unreadOthers) add(what string, err error) {
	if r, ok := refused(err.Error()); ok {
		u.refused, u.advice = append(u.refused, r.resource), r.advice()
	} else {
		u.failed = append(u.failed, unread("mutators", what, err))
	}
}

func (u *unreadOthers) points() []Point {
	if len(u.refused) == 0 {
		return u.failed
	}
	says := "who else is called is not known: you may not list " + strings.Join(u.refused, ", ")
	return append(u.failed, Point{Name: "mutators", OK: true, Says: says, Advice: u.advice})
}

// twins tell of other installations of Rollguard, which complete the same Deployments.
func (l *look) twins(all []admissionregistrationv1.MutatingWebhookConfiguration) []Point {
	if len(l.elsewhere) > 0 { // they are told of with the configuration
		return nil
	}
	var out []Point
	for i := range all {
		if all[i].Name == l.Configuration || selfprobe.Entry(&all[i], selfprobe.MainWebhook) == nil {
			continue
		}
		out = append(out, Point{
			Name: "mutators", Says: fmt.Sprintf("MutatingWebhookConfiguration %s is of another Rollguard, beside %s: both complete the same Deployments", all[i].Name, l.Configuration),
			Advice: "Keep one, and uninstall the other: with other settings each may take the other's values for the author's.",
		})
	}
	return out
}

// policies reads a kind of the API server in the newest version there is: the fields in use
// are the same in all. Kubernetes before 1.32 has none.
func (c *Cluster) policies(ctx context.Context, resource string, into any) error {
	var raw []byte
	var err error
	for _, version := range []string{"v1", "v1beta1", "v1alpha1"} {
		raw, err = c.get(ctx, "/apis/admissionregistration.k8s.io/"+version+"/"+resource)
		if !apierrors.IsNotFound(err) {
			break
		}
	}
	switch {
	case apierrors.IsNotFound(err):
		return nil
	case err != nil:
		return err
	}
	return json.Unmarshal(raw, into)
}

func (c *Cluster) get(ctx context.Context, path string) ([]byte, error) {
	return body(c.clients.Discovery().RESTClient().Get().AbsPath(path).SetHeader("Accept", "application/json").Do(ctx))
}

// engine reads the policies of a policy engine; where there is none, it has none.
func (c *Cluster) engine(ctx context.Context, e *mutator.Engine) ([]mutator.EnginePolicy, error) {
	raw, err := c.get(ctx, "/apis/"+e.Group)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	var group metav1.APIGroup
	if err == nil {
		err = json.Unmarshal(raw, &group)
	}
	if err != nil {
		return nil, err
	}
	var out []mutator.EnginePolicy
	for _, resource := range slices.Sorted(maps.Keys(e.Kinds)) {
		raw, err := c.get(ctx, "/apis/"+group.PreferredVersion.GroupVersion+"/"+resource)
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		policies, err := e.Policies(resource, raw)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", resource, e.Group, err)
		}
		out = append(out, policies...)
	}
	return out, nil
}

// foreignPoints tell of fields that somebody else set on the probe's Deployment, and who
// that may be.
func foreignPoints(c *mutator.Cluster, probe []mutator.Namespace, found []selfprobe.Foreign) []Point {
	c.Namespaces = probe
	suspects := mutator.Find(c)
	var out []Point
	for i := range found {
		f := &found[i]
		p := Point{
			Name: "mutators", OK: f.Ours == "",
			Says:   fmt.Sprintf("the probe's Deployment comes back with %s: not by Rollguard, and not by default", f),
			Advice: "What others set on a Deployment counts as its author's, so Rollguard leaves it. Let them leave the field alone where Rollguard is to set it.",
		}
		if by := mutator.Suspects(suspects, f.Path); by != "" {
			p.Says += "; by " + by
		}
		out = append(out, p)
	}
	return out
}

// How much of what runs is looked at: Pods of a Deployment are all alike.
const (
	maxLookedAt = 20  // namespaces
	maxPods     = 250 // of each
	maxChanged  = 5   // that are told
)

// podPoints tell of Pods that are not as their ReplicaSets want them.
func (l *look) podPoints(ctx context.Context) []Point {
	var changed []string
	looked := 0
	for _, n := range l.guarded[:min(len(l.guarded), maxLookedAt)] {
		o := metav1.ListOptions{Limit: maxPods}
		sets, err := l.clients.AppsV1().ReplicaSets(n.Name).List(ctx, o)
		var pods *corev1.PodList
		if err == nil {
			pods, err = l.clients.CoreV1().Pods(n.Name).List(ctx, o)
		}
		if err != nil {
			return []Point{unread("pods", "Pods and ReplicaSets of namespace "+n.Name, err)}
		}
		looked += len(pods.Items)
		changed = append(changed, mutator.Refused(sets.Items)...)
		changed = append(changed, mutator.Changed(sets.Items, pods.Items)...)
	}
	switch {
	case len(changed) > 0:
		if more := len(changed) - maxChanged; more > 0 {
			changed = append(changed[:maxChanged], "and "+textwidth.Count(more, "Deployment")+" more")
		}
		return []Point{{
			Name: "pods", Says: strings.Join(changed, "; "),
			Advice: "A webhook or policy changes Pods while they are created: see mutators, above. Requests are lost where a Pod ends too soon.",
		}}
	case looked > 0:
		return []Point{{Name: "pods", OK: true, Says: "grace period and preStop hooks are those of the templates in " + textwidth.Count(looked, "Pod") + " of labelled namespaces"}}
	}
	return nil
}
