package chart

import (
	"slices"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/install"
)

// account is whose rights are asked for.
const account = "system:serviceaccount:rights:rollguard"

// right is a question: may it?
type right struct {
	verb, group, resource, namespace, name string
}

func (r right) String() string {
	return r.verb + " " + r.group + "/" + r.resource + " " + r.namespace + "/" + r.name
}

func (r right) granted(t *testing.T) bool {
	t.Helper()
	review, err := world.clients.AuthorizationV1().SubjectAccessReviews().Create(t.Context(), &authorizationv1.SubjectAccessReview{
		Spec: authorizationv1.SubjectAccessReviewSpec{
			User: account, Groups: []string{"system:serviceaccounts", "system:authenticated"},
			ResourceAttributes: &authorizationv1.ResourceAttributes{
				Verb: r.verb, Group: r.group, Resource: r.resource, Namespace: r.namespace, Name: r.name,
			},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return review.Status.Allowed
}

func TestTheRightsAreThoseItNeeds(t *testing.T) {
	const admission = "admissionregistration.k8s.io"
	reads := []right{
		{"list", "", "namespaces", "", ""}, {"watch", "", "services", "", ""},
		{"list", "networking.k8s.io", "ingresses", "", ""}, {"watch", "networking.k8s.io", "ingressclasses", "", ""},
		{"list", "elbv2.k8s.aws", "ingressclassparams", "", ""},
		{"list", "", "resourcequotas", "", ""}, {"watch", "", "persistentvolumeclaims", "", ""}, {"create", "", "events", "rights", ""},
	}
	posture := []right{
		{"list", "apps", "deployments", "", ""}, {"create", "events.k8s.io", "events", "shop", ""}, {"create", "apps", "deployments", "rollguard-probe", ""},
		{"update", "coordination.k8s.io", "leases", "rights", "rollguard"},
	}
	configuration := []right{ // the self-signed source needs it, too
		{"get", admission, "mutatingwebhookconfigurations", "", "rollguard"}, {"watch", admission, "mutatingwebhookconfigurations", "", "rollguard"},
	}
	always := slices.Concat(reads, configuration, posture)
	repair := []right{{"patch", "apps", "deployments", "shop", "web"}}
	selfSigned := []right{
		{"get", "", "secrets", "rights", "rollguard-certificates"}, {"patch", "", "secrets", "rights", "rollguard-certificates"},
		{"create", "", "secrets", "rights", ""},
		{"patch", admission, "mutatingwebhookconfigurations", "", "rollguard"},
	}
	certificate := []right{
		{"get", "cert-manager.io", "certificates", "rights", "rollguard-tls"}, {"list", "cert-manager.io", "certificates", "rights", "rollguard-tls"},
		{"watch", "cert-manager.io", "certificates", "rights", "rollguard-tls"},
	}
	never := []right{
		{"list", "cert-manager.io", "certificates", "rights", ""}, {"update", "cert-manager.io", "certificates", "rights", "rollguard-tls"},
		{"get", "cert-manager.io", "certificates", "shop", "rollguard-tls"},
		{"list", "", "secrets", "", ""}, {"get", "", "secrets", "shop", "rollguard-certificates"}, {"get", "", "secrets", "rights", "other"},
		{"list", "", "secrets", "rights", ""}, {"delete", "", "secrets", "rights", "rollguard-certificates"}, {"create", "", "secrets", "shop", ""},
		{"list", admission, "mutatingwebhookconfigurations", "", ""}, {"patch", admission, "mutatingwebhookconfigurations", "", "other"}, {"delete", admission, "mutatingwebhookconfigurations", "", "rollguard"},
		{"create", admission, "mutatingwebhookconfigurations", "", ""}, {"update", admission, "mutatingwebhookconfigurations", "", "rollguard"},
		{"patch", "apps", "deployments", "lab", "web"}, {"create", "apps", "deployments", "shop", "web"}, {"get", "", "pods", "shop", "web"}, {"create", "", "pods", "rights", ""},
		{"update", "", "namespaces", "", "shop"}, {"patch", "networking.k8s.io", "ingresses", "shop", "web"},
		{"create", "", "serviceaccounts/token", "rights", "rollguard"}, {"bind", "rbac.authorization.k8s.io", "clusterroles", "", "cluster-admin"},
	}
	for _, tc := range []struct {
		mode     string
		flags    []string
		yes, not []right
	}{
		{"self-signed", nil, slices.Concat(always, selfSigned), slices.Concat(never, repair, certificate)},
		{"cert-manager", []string{"--set", "certificates.mode=cert-manager"}, slices.Concat(always, certificate), slices.Concat(never, repair, selfSigned)},
		{"repairs in one namespace", []string{"--set", "repair.namespaces={shop}"}, slices.Concat(always, selfSigned, repair), never},
		{"repairs everywhere", []string{"--set", "repair.everywhere=true"}, slices.Concat(always, repair), never[:6]},
		{"no posture", []string{"--set", "posture.enabled=false"}, reads, slices.Concat(never, repair, posture)},
		{"no roles", []string{"--set", "rbac.create=false"}, nil, slices.Concat(always, selfSigned)},
	} {
		t.Run(tc.mode, func(t *testing.T) {
			namespace(t, "rights", nil)
			namespace(t, "shop", map[string]string{"rollguard.io/inject": "enabled"})
			manifest := render(t, append([]string{"--namespace", "rights", "--set", "webhook.enabled=false"}, tc.flags...)...)
			if _, err := install.Kubectl(t.Context(), world.plane, manifest, "apply", "-f", "-"); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if _, err := install.Kubectl(t.Context(), world.plane, manifest, "delete", "--wait=false", "-f", "-"); err != nil {
					t.Error(err)
				}
				finalize(t.Context(), t)
			}()
			if len(tc.yes) > 0 { // the authorizer learns of roles through watches
				eventually(t, "the roles are in force", func() bool { return tc.yes[len(tc.yes)-1].granted(t) })
			} else {
				eventually(t, "the old roles are gone", func() bool { return !always[0].granted(t) })
			}
			for _, r := range tc.yes {
				eventually(t, r.String(), func() bool { return r.granted(t) })
			}
			for _, r := range tc.not {
				eventually(t, "not: "+r.String(), func() bool { return !r.granted(t) })
			}
		})
	}
}
