package live

import (
	"errors"
	"strings"
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/deploy"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
	"github.com/rollguard/rollguard/pkg/selfprobe"
)

// labelled is an enabled namespace in a mode.
func labelled(name string, mode api.Mode) corev1.Namespace {
	return corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name:        name,
		Labels:      map[string]string{corev1.LabelMetadataName: name, api.LabelInject: api.InjectEnabled},
		Annotations: map[string]string{api.Prefix + "mode": string(mode)},
	}}
}

func TestWhatIsSaidOfGuardedNamespacesCountsThoseInModeAudit(t *testing.T) {
	a, b, c := labelled("team-a", api.Fill), labelled("team-b", api.Audit), labelled("team-c", api.Enforce)
	const well = ", with annotations that are understood"
	for want, all := range map[string][]corev1.Namespace{
		"3 namespaces are guarded, of which 1 is in mode audit, where nothing is written (team-b)" + well:          {a, b, c},
		"3 namespaces are guarded, of which 2 are in mode audit, where nothing is written (team-b, team-d)" + well: {a, b, labelled("team-d", api.Audit)},
		"2 namespaces are guarded" + well:                                                {a, c},
		"1 namespace is guarded: team-b, in mode audit, where nothing is written" + well: {b},
		"1 namespace is guarded: team-a" + well:                                          {a},
	} {
		l := &look{
			reached: selfprobe.Finding{Status: selfprobe.OK}, namespaces: all,
			Cluster: &Cluster{}, config: &v1alpha1.WebhookConfiguration{}, resolver: api.NewResolver(nil, api.Bounds{}),
		}
		points := l.lookAtNamespaces()
		if len(points) != 1 || points[0].Says != want || !points[0].OK {
			t.Errorf("got %+v\nwant %s", points, want)
		}
	}
}

// configuration is the manifest's.
func configuration(t *testing.T) *admissionregistrationv1.MutatingWebhookConfiguration {
	t.Helper()
	for text := range strings.SplitSeq(deploy.Manifest(), "\n---\n") {
		c := &admissionregistrationv1.MutatingWebhookConfiguration{}
		if err := yaml.Unmarshal([]byte(text), c); err != nil {
			t.Fatal(err)
		}
		if c.Kind == "MutatingWebhookConfiguration" {
			for i := range c.Webhooks {
				c.Webhooks[i].ClientConfig.CABundle = []byte("a bundle")
			}
			return c
		}
	}
	t.Fatal("the manifest has none")
	return nil
}

func TestAnAlteredNamespaceSelectorIsToldWithTheNamespacesThatItLeavesOut(t *testing.T) {
	names := func(words ...string) []corev1.Namespace {
		out := make([]corev1.Namespace, len(words))
		for i, name := range words {
			out[i] = labelled(name, api.Fill)
		}
		return out
	}
	for name, tc := range map[string]struct {
		all  []corev1.Namespace
		err  error
		left []string
		ends string
	}{
		"one":                      {names("team-a", "team-c"), nil, []string{"team-c"}, ", so Rollguard is not called for labelled namespace team-c"},
		"two":                      {names("team-a", "team-b", "team-c"), nil, []string{"team-b", "team-c"}, ", so Rollguard is not called for labelled namespaces team-b, team-c"},
		"none of today's":          {names("team-a"), nil, []string{"team-c"}, ", so Rollguard is not called for all namespaces with the label rollguard.io/inject=enabled, though it is for those that are there now"},
		"they may not be listed":   {nil, errors.New("forbidden"), []string{"team-c"}, ", so Rollguard is not called for all namespaces with the label rollguard.io/inject=enabled"},
		"the probe's, and another": {names("team-c", "rollguard-probe"), nil, []string{"rollguard-probe", "team-c"}, ", so Rollguard is not called for namespace rollguard-probe, and the self-probe cannot work; these are left out: namespace team-c"},
	} {
		t.Run(name, func(t *testing.T) {
			found := configuration(t)
			entry := selfprobe.Entry(found, selfprobe.MainWebhook)
			entry.NamespaceSelector.MatchExpressions = append(entry.NamespaceSelector.MatchExpressions,
				metav1.LabelSelectorRequirement{Key: corev1.LabelMetadataName, Operator: metav1.LabelSelectorOpNotIn, Values: tc.left})
			l := &look{namespaces: tc.all, unlisted: tc.err, entry: entry}
			l.Installation = selfprobe.Installation{Namespace: "rollguard", Probe: "rollguard-probe", Configuration: "rollguard"}
			var p Point
			l.compare(&p, found)
			if p.OK || !strings.HasSuffix(p.Says, tc.ends) {
				t.Errorf("got %s\nwant at its end %s", p.Says, tc.ends)
			}
			for _, command := range []string{"kubectl edit mutatingwebhookconfiguration rollguard ", "kubectl get mutatingwebhookconfiguration rollguard -o yaml --show-managed-fields"} {
				if !strings.Contains(p.Advice, command) {
					t.Errorf("%s is not in the advice: %s", command, p.Advice)
				}
			}
		})
	}
}
