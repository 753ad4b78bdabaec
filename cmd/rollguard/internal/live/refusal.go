package live

import (
	"regexp"
	"slices"
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

// inView tells whether ClusterRole view, which each cluster has, gives the right to read a
// kind in a namespace (kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy, viewRules).
func inView(kind string) bool {
	return slices.Contains([]string{"namespaces", "deployments", "ingresses", "services", "persistentvolumeclaims", "resourcequotas"}, kind)
}
