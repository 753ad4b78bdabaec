package live

import (
	"fmt"
	"regexp"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// refusal is a right that somebody lacks.
type refusal struct {
	user, verb string
	// resource is in kubectl's words, such as deployments.apps; namespace is "" for all.
	resource, namespace string
}

// refusalWords are those of the API server's authorizer (apiserver
// pkg/endpoints/handlers/responsewriters, forbiddenMessage). Admission refuses in others.
var refusalWords = regexp.MustCompile(`User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)" (?:at the cluster scope|in the namespace "([^"]*)")`)

// refused reads the API server's words.
func refused(text string) (refusal, bool) {
	m := refusalWords.FindStringSubmatch(text)
	if m == nil {
		return refusal{}, false
	}
	r := refusal{user: m[1], verb: m[2], resource: m[3], namespace: m[5]}
	if m[4] != "" {
		r.resource += "." + m[4]
	}
	return r, true
}

// String is a clause about whoever asks.
func (r refusal) String() string {
	text := "you may not " + r.verb + " " + r.resource
	if r.namespace != "" {
		text += " in namespace " + r.namespace
	}
	return text
}

// words are those of a refusal about whoever asks, or the error's own.
func words(err error) string {
	if r, ok := refused(err.Error()); ok {
		return r.String()
	}
	return err.Error()
}

// adviceOn is what to do where something could not be read. It is the same for all that is
// refused to one user, so that it is told once.
func adviceOn(err error) string {
	if r, ok := refused(err.Error()); ok {
		return r.advice()
	}
	if apierrors.IsForbidden(err) {
		return "Ask as somebody who may read it."
	}
	return "Ask again; the API server's own words stand above."
}

// advice is for "check", of which a page lists all rights.
func (r refusal) advice() string {
	return fmt.Sprintf("You ask as %s: ask as a cluster administrator, or get the rights that docs/reference/check.md lists.", r.user)
}

// unknown says that something could not be looked at.
func (p *Point) unknown(what string, err error) {
	p.OK, p.Unknown, p.Says, p.Advice = false, true, what+" cannot be read: "+words(err), adviceOn(err)
}

// unread tells of something beside the installation that could not be read.
func unread(name, what string, err error) Point {
	return Point{Name: name, OK: true, Says: what + " cannot be read: " + words(err), Advice: adviceOn(err)}
}

// inView tells whether ClusterRole view, which each cluster has, gives the right to read a
// kind in a namespace (kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy, viewRules).
func inView(kind string) bool {
	return slices.Contains([]string{"namespaces", "deployments", "ingresses", "services", "persistentvolumeclaims", "resourcequotas"}, kind)
}
