package workload_test

import (
	"fmt"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/workload"
)

func TestTheAuthorsTemplateLeavesOutWhatIsNotHis(t *testing.T) {
	const guarded = `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":40,"containers":[
		{"name":"app","image":"a","readinessProbe":{"tcpSocket":{"port":80}},"lifecycle":{"preStop":{"sleep":{"seconds":20}}}}]}}}}`
	ours := []workload.Path{
		workload.GracePeriod, workload.ReadinessProbe("app"), workload.PreStop("app"), workload.MaxSurge,
		workload.StartupProbe("gone"),
	}
	for _, tc := range []struct {
		name, author string
		same         bool
	}{
		{"the bare template", `{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"a"}]}}}}`, true},
		{"keys in another order", `{"spec":{"template":{"spec":{"containers":[{"image":"a","name":"app"}]}}}}`, true},
		{"an empty lifecycle", `{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"a","lifecycle":{}}]}}}}`, true},
		{"the default grace period written out", `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":30,"containers":[{"name":"app","image":"a"}]}}}}`, true},
		{"a grace period of his own", `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":31,"containers":[{"name":"app","image":"a"}]}}}}`, false},
		{"another image", `{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"b"}]}}}}`, false},
		{"a null for what is absent", `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":null,"containers":[{"name":"app","image":"a","lifecycle":null,"readinessProbe":null}]}}}}`, true},
		{"a startup probe of his own", `{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"a","startupProbe":{"tcpSocket":{"port":80}}}]}}}}`, false},
		{"a postStart hook", `{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"a","lifecycle":{"postStart":{}}}]}}}}`, false},
		{"another container", `{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"a"},{"name":"b"}]}}}}`, false},
		{"another name of the container", `{"spec":{"template":{"spec":{"containers":[{"name":"b","image":"a"}]}}}}`, false},
		{"a field beside the containers", `{"spec":{"template":{"spec":{"hostNetwork":true,"containers":[{"name":"app","image":"a"}]}}}}`, false},
		{"a label of the Pods", `{"spec":{"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"app","image":"a"}]}}}}`, false},
		{"nothing at all", `{}`, false},
		{"a hook of his own", `{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"a","lifecycle":{"preStop":{"sleep":{"seconds":5}}}}]}}}}`, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			guarded, author := read(t, guarded), read(t, tc.author)
			stored, meant := workload.Authored{Deployment: guarded, Without: ours}, workload.Authored{Deployment: author}
			if got := workload.SameAuthorTemplate(stored, meant); got != tc.same {
				t.Errorf("same: %t", got)
			}
			if got := workload.SameAuthorTemplate(meant, stored); got != tc.same {
				t.Errorf("the other way round, same: %t", got)
			}
		})
	}
}

func TestACorrectedValueCountsAsWhatItsAuthorWrote(t *testing.T) {
	const form = `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":%d,"containers":[{"name":"app","lifecycle":{"preStop":{"sleep":{"seconds":%d}}}}]}}}}`
	hook := workload.PreStop("app")
	stored := workload.Authored{Deployment: read(t, fmt.Sprintf(form, 50, 40)), Without: []workload.Path{workload.GracePeriod, hook},
		Instead: map[workload.Path]*fastjson.Value{workload.GracePeriod: fastjson.MustParse("15"), hook: fastjson.MustParse(`{"sleep":{"seconds":5}}`)}}
	for _, tc := range []struct {
		grace, sleep int
		same         bool
	}{{15, 5, true}, {50, 5, false}, {15, 40, false}, {30, 5, false}} {
		again := workload.Authored{Deployment: read(t, fmt.Sprintf(form, tc.grace, tc.sleep))}
		if got := workload.SameAuthorTemplate(stored, again); got != tc.same {
			t.Errorf("grace period %d, sleep %d: same %t", tc.grace, tc.sleep, got)
		}
	}
}

func TestTakingFieldsOutLeavesTheObjectAsItWas(t *testing.T) {
	const text = `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":40,"containers":[{"name":"app","lifecycle":{"preStop":{"sleep":{"seconds":20}}}}]}}}}`
	d := read(t, text)
	paths := []workload.Path{workload.GracePeriod, workload.PreStop("app")}
	bare := d.Without(paths)
	if got := d.Raw().String(); got != text {
		t.Errorf("raw object: %s", got)
	}
	if d.Template.GracePeriodSeconds != 40 || d.Template.Containers[0].PreStop == nil {
		t.Errorf("view: %+v", d.Template)
	}
	if bare.Template.GracePeriodSeconds != 30 || bare.Template.Containers[0].PreStop != nil {
		t.Errorf("view without them: %+v", bare.Template)
	}
}

func TestWithoutResetsEveryPathOfTheClosedSet(t *testing.T) {
	d := read(t, `{"spec":{"minReadySeconds":1,"progressDeadlineSeconds":2,"strategy":{"rollingUpdate":{"maxSurge":3,"maxUnavailable":4}},
		"template":{"spec":{"terminationGracePeriodSeconds":5,"containers":[{"name":"app","startupProbe":{},"readinessProbe":{},"lifecycle":{"preStop":{}}}]}}}}`)
	bare := d.Without([]workload.Path{
		workload.MaxSurge, workload.MaxUnavailable, workload.MinReadySeconds, workload.ProgressDeadline, workload.GracePeriod,
		workload.StartupProbe("app"), workload.ReadinessProbe("app"), workload.PreStop("app"), workload.PreStop("gone"),
	})
	c := bare.Template.Containers[0]
	if c.StartupProbe != nil || c.ReadinessProbe != nil || c.PreStop != nil {
		t.Errorf("container %+v", c)
	}
	if bare.MinReadySeconds != 0 || bare.ProgressDeadlineSeconds != 600 || bare.Template.GracePeriodSeconds != 30 ||
		bare.Strategy.MaxSurge.String() != "25%" || bare.Strategy.MaxUnavailable.String() != "25%" {
		t.Errorf("deployment %+v", bare)
	}
}

func TestTemplatesAreComparedAsTheDeploymentControllerDoes(t *testing.T) {
	base := read(t, `{"metadata":{"labels":{"a":"1"}},"spec":{"replicas":1,"template":{"spec":{"x":[1,{"y":null}]}}}}`)
	for _, tc := range []struct {
		name, text                  string
		sameTemplate, sameWholeSpec bool
	}{
		{"the same", `{"spec":{"template":{"spec":{"x":[1,{"y":null}]}},"replicas":1}}`, true, true},
		{"other replicas", `{"spec":{"replicas":2,"template":{"spec":{"x":[1,{"y":null}]}}}}`, true, false},
		{"another member", `{"spec":{"replicas":1,"template":{"spec":{"x":[1,{"z":null}]}}}}`, false, false},
		{"a longer list", `{"spec":{"replicas":1,"template":{"spec":{"x":[1,{"y":null},2]}}}}`, false, false},
		{"another type", `{"spec":{"replicas":1,"template":{"spec":{"x":["1",{"y":null}]}}}}`, false, false},
		{"no template", `{"spec":{"replicas":1}}`, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			other := read(t, tc.text)
			if got := workload.SameTemplate(base, other); got != tc.sameTemplate {
				t.Errorf("same template: %t", got)
			}
			if got := workload.SameSpec(base, other); got != tc.sameWholeSpec {
				t.Errorf("same spec: %t", got)
			}
		})
	}
}

func TestTwoAbsentValuesAreEqualAndOneIsNot(t *testing.T) {
	if !workload.Equal(nil, nil) || workload.Equal(nil, fastjson.MustParse(`null`)) || workload.Equal(fastjson.MustParse(`null`), nil) {
		t.Error("absent values compare wrongly")
	}
}
