package live

import (
	"context"
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// account is the service account of the webhook: that of its Deployment, or the
// manifest's.
func (i inspected) account(d *appsv1.Deployment) string {
	if d != nil && d.Spec.Template.Spec.ServiceAccountName != "" {
		return d.Spec.Template.Spec.ServiceAccountName
	}
	return i.Configuration // the chart gives all the same name
}

// readPoints tell which kinds decide about Deployments, are in the cluster, and are not
// read by Rollguard: for want of the right, or as they are served in other versions only.
// It is asked for the webhook's service account, not for whoever asks.
func (l *look) readPoints(ctx context.Context) []Point {
	g := &gathering{Cluster: l.Cluster, Gathered: Gathered{Hidden: map[string]string{}}}
	account := l.account(l.deployment)
	var denied, read []string
	for _, r := range append(resources(), namespaces()) {
		if r.optional && !g.exists(r) {
			if err := g.foreign(ctx, r); err != nil {
				return []Point{{Name: "kinds", OK: true, Says: "which kinds there are is not known: " + words(err), Advice: adviceOn(err)}}
			}
			continue
		}
		allowed, err := l.mayWatch(ctx, account, r)
		if err != nil {
			return []Point{{Name: "kinds", OK: true, Says: fmt.Sprintf("what service account %s/%s may read is not known: %s", l.own(), account, words(err)), Advice: adviceOn(err)}}
		}
		if name := r.full(); allowed {
			read = append(read, name)
		} else {
			denied = append(denied, name)
		}
	}
	var out []Point
	if len(denied) > 0 {
		out = append(out, Point{
			Name: "kinds", Says: fmt.Sprintf("service account %s/%s may not list and watch %s, which the cluster has: what they decide is not known to Rollguard", l.own(), account, strings.Join(denied, ", ")),
			Advice: "Apply Rollguard's manifest, whose ClusterRole has these rights (docs/reference/rbac.md); it reads them within half a minute.",
		})
	}
	for _, r := range resources() {
		if hidden := g.Hidden[r.kind.Name()]; r.optional && hidden != "" {
			out = append(out, Point{Name: "kinds", OK: true, Says: r.kind.Name() + " " + hidden, Advice: "Renew its CustomResourceDefinition or Rollguard; until then set rollguard.io/exposure where ExposureUnclear is found."})
		}
	}
	if len(out) == 0 {
		out = append(out, Point{Name: "kinds", OK: true, Says: fmt.Sprintf("all %d kinds of the cluster that decide about Deployments can be read by service account %s/%s", len(read), l.own(), account)})
	}
	return out
}

// full is the resource with its group, as kubectl takes it.
func (r resource) full() string {
	if r.kind.Group == "" {
		return r.name
	}
	return r.name + "." + r.kind.Group
}

// mayWatch asks for the two verbs that an informer cannot do without.
func (l *look) mayWatch(ctx context.Context, account string, r resource) (bool, error) {
	group := r.kind.Group
	if !r.optional {
		group = groupOf(r.paths[0])
	}
	for _, verb := range []string{"list", "watch"} {
		answer, err := l.clients.AuthorizationV1().SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{
			Spec: authorizationv1.SubjectAccessReviewSpec{
				User:   fmt.Sprintf("system:serviceaccount:%s:%s", l.own(), account),
				Groups: []string{"system:serviceaccounts", "system:serviceaccounts:" + l.own(), "system:authenticated"},
				ResourceAttributes: &authorizationv1.ResourceAttributes{
					Verb: verb, Group: group, Resource: r.name,
				},
			},
		}, metav1.CreateOptions{})
		if err != nil || !answer.Status.Allowed {
			return false, err
		}
	}
	return true, nil
}

// groupOf is the API group of a path up to the version, "" for the core.
func groupOf(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if parts[0] != "apis" {
		return ""
	}
	return parts[1]
}
