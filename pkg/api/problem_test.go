package api_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/api"
)

func TestAMisplacedAnnotationIsReported(t *testing.T) {
	for _, tc := range []struct {
		name                  string
		namespace, deployment map[string]string
		want                  []api.Problem
	}{
		{"a slip of the pen on the deployment gets a suggestion",
			nil, map[string]string{"max-surg": "1"},
			[]api.Problem{{Kind: api.UnknownKey, Layer: api.LayerDeployment, Key: "rollguard.io/max-surg", Value: "1",
				Message: "deployment annotation rollguard.io/max-surg is not known and has no effect; did you mean max-surge?"}}},
		{"an underscore and capitals on the namespace get a suggestion",
			map[string]string{"Pre_Stop_Sleep": "1s"}, nil,
			[]api.Problem{{Kind: api.UnknownKey, Layer: api.LayerNamespace, Key: "rollguard.io/Pre_Stop_Sleep", Value: "1s",
				Message: "namespace annotation rollguard.io/Pre_Stop_Sleep is not known and has no effect; did you mean pre-stop-sleep?"}}},
		{"a key that is like no other gets none",
			nil, map[string]string{"enable-everything-now": "1"},
			[]api.Problem{{Kind: api.UnknownKey, Layer: api.LayerDeployment, Key: "rollguard.io/enable-everything-now", Value: "1",
				Message: "deployment annotation rollguard.io/enable-everything-now is not known and has no effect"}}},
		{"a startup probe has no success threshold",
			nil, map[string]string{"startup-success-threshold": "1"},
			[]api.Problem{{Kind: api.UnknownKey, Layer: api.LayerDeployment, Key: "rollguard.io/startup-success-threshold", Value: "1",
				Message: "deployment annotation rollguard.io/startup-success-threshold is not known and has no effect"}}},
		{"keep belongs on the deployment",
			map[string]string{"keep": "strategy"}, nil,
			[]api.Problem{{Kind: api.WrongObject, Layer: api.LayerNamespace, Key: "rollguard.io/keep", Value: "strategy",
				Message: "namespace annotation rollguard.io/keep has no effect there: it belongs on the Deployment"}}},
		{"allow-overrides belongs on the namespace",
			nil, map[string]string{"allow-overrides": "true"},
			[]api.Problem{{Kind: api.WrongObject, Layer: api.LayerDeployment, Key: "rollguard.io/allow-overrides", Value: "true",
				Message: "deployment annotation rollguard.io/allow-overrides has no effect there: it belongs on the Namespace"}}},
		{"a bad allow-overrides leaves overrides allowed",
			map[string]string{"allow-overrides": "no"}, map[string]string{"container": "app"},
			[]api.Problem{{Kind: api.BadValue, Layer: api.LayerNamespace, Key: "rollguard.io/allow-overrides", Value: "no",
				Message: `namespace annotation rollguard.io/allow-overrides is ignored: "no" is neither true nor false`}}},
		{"an override that is not allowed is named, and the record is none",
			map[string]string{"allow-overrides": "false"}, map[string]string{"max-surge": "1", "injected": "{}"},
			[]api.Problem{{Kind: api.NotPermitted, Layer: api.LayerDeployment, Key: "rollguard.io/max-surge", Value: "1",
				Message: "deployment annotation rollguard.io/max-surge is ignored: the namespace sets rollguard.io/allow-overrides to false"}}},
		{"the namespace's problems come first, each object's in order of the keys",
			map[string]string{"zz": "1"}, map[string]string{"b-c-d-e-f": "1", "a-b-c-d-e": "1"},
			[]api.Problem{
				{Kind: api.UnknownKey, Layer: api.LayerNamespace, Key: "rollguard.io/zz", Value: "1", Message: "namespace annotation rollguard.io/zz is not known and has no effect"},
				{Kind: api.UnknownKey, Layer: api.LayerDeployment, Key: "rollguard.io/a-b-c-d-e", Value: "1", Message: "deployment annotation rollguard.io/a-b-c-d-e is not known and has no effect"},
				{Kind: api.UnknownKey, Layer: api.LayerDeployment, Key: "rollguard.io/b-c-d-e-f", Value: "1", Message: "deployment annotation rollguard.io/b-c-d-e-f is not known and has no effect"},
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, problems := resolve(tc.namespace, tc.deployment)
			if diff := cmp.Diff(tc.want, problems); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAnnotationsOfOtherToolsAreNobodysBusiness(t *testing.T) {
	others := map[string]string{"kubernetes.io/change-cause": "x", "rollguard.example.com/mode": "audit", "max-surge": "1"}
	settings, problems := api.NewResolver(nil, api.DefaultBounds()).Resolve(others, others)
	untouched, _ := resolve(nil, nil)
	if diff := cmp.Diff(untouched, settings); diff != "" || len(problems) > 0 {
		t.Errorf("problems %v, settings:\n%s", problems, diff)
	}
}

func TestALongValueIsShortenedAndNotTheSentence(t *testing.T) {
	for name, value := range map[string]string{
		"letters":            strings.Repeat("x", 900),
		"runes":              strings.Repeat("ü", 400),
		"control characters": strings.Repeat("\x01", 900),
		"invalid UTF-8":      strings.Repeat("\xff", 900),
	} {
		for key, reason := range map[string]string{"mode": " is none of fill, enforce, audit", "max-surge": " is neither a count such as 2 nor a percentage such as 25%"} {
			_, problems := resolve(nil, map[string]string{key: value})
			if len(problems) != 1 || utf8.RuneCountInString(problems[0].Message) > 200 ||
				!strings.HasSuffix(problems[0].Message, `…"`+reason) {
				t.Errorf("%s: %s: %+v", name, key, problems)
			}
		}
	}
	for value, end := range map[string]string{
		strings.Repeat("x", 900) + ",strategy":       ", min-ready, progress-deadline",
		strings.Repeat(",", 900) + "progres-deadlin": "; did you mean progress-deadline?",
	} {
		_, problems := resolve(nil, map[string]string{"keep": value})
		if len(problems) != 1 || utf8.RuneCountInString(problems[0].Message) > 255-len("rollguard: at risk: ") || !strings.HasSuffix(problems[0].Message, end) {
			t.Errorf("%+v", problems)
		}
	}
}
