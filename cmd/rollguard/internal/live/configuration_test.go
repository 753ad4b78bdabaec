package live

import (
	"testing"

	"github.com/rollguard/rollguard/pkg/selfprobe"
)

func TestWhereAnotherPointHasTheCauseAdmissionLeadsThere(t *testing.T) {
	refusedText := `deployments.apps is forbidden: User "ann" cannot create resource "deployments" in API group "apps" in the namespace "rollguard-probe"`
	serving, webhook := Point{Name: "serving"}, Point{Name: "webhook"}
	for name, tc := range map[string]struct {
		found        selfprobe.Finding
		others       []Point
		says, advice string
	}{
		"the certificate is not accepted":           {selfprobe.Finding{Status: selfprobe.Refused, Detail: "x509"}, []Point{serving}, "certificate-refused: x509", "See serving, below."},
		"it is, as far as is known":                 {selfprobe.Finding{Status: selfprobe.Refused, Detail: "x509"}, []Point{webhook}, "certificate-refused: x509", selfprobe.Refused.Advice()},
		"no replica is ready":                       {selfprobe.Finding{Status: selfprobe.Unreachable, Detail: "EOF"}, []Point{webhook}, "unreachable: EOF", "See webhook, below."},
		"replicas are ready":                        {selfprobe.Finding{Status: selfprobe.Unreachable, Detail: "EOF"}, []Point{{Name: "webhook", OK: true}}, "unreachable: EOF", selfprobe.Unreachable.Advice()},
		"nobody is called":                          {selfprobe.Finding{Status: selfprobe.Missing, Detail: "it does not exist"}, nil, "configuration-missing: see above", selfprobe.Missing.Advice()},
		"whoever asks may not":                      {selfprobe.Finding{Status: selfprobe.Unknown, Detail: refusedText}, nil, "unknown: you may not create deployments.apps in namespace rollguard-probe", "You ask as ann: ask as a cluster administrator, or get the rights that docs/reference/check.md lists."},
		"admission refuses, which is no such right": {selfprobe.Finding{Status: selfprobe.Unknown, Detail: `deployments.apps "rollguard-probe" is forbidden: exceeded quota`}, nil, `unknown: deployments.apps "rollguard-probe" is forbidden: exceeded quota`, selfprobe.Unknown.Advice()},
	} {
		t.Run(name, func(t *testing.T) {
			l := &look{reached: tc.found}
			if p := l.admissionPoint(tc.others); p.Says != tc.says || p.Advice != tc.advice {
				t.Errorf("got %+v", p)
			}
		})
	}
}
