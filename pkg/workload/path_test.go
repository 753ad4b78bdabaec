package workload_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/workload"
)

const pathsDocument = `{"spec":{
	"strategy":{"rollingUpdate":{"maxSurge":1}},
	"template":{"spec":{"terminationGracePeriodSeconds":9,"initContainers":[{"name":"setup","restartPolicy":"Always"}],
		"containers":[{"name":"app"},{"name":"side","lifecycle":{"preStop":{"sleep":{"seconds":3}}}}]}}}}`

func TestThePathsAreTheClosedSet(t *testing.T) {
	const template = "spec.template.spec."
	for p, want := range map[workload.Path]struct {
		inTemplate bool
		byDefault  string
		text       string
	}{
		workload.MaxSurge:               {false, `"25%"`, "spec.strategy.rollingUpdate.maxSurge"},
		workload.MaxUnavailable:         {false, `"25%"`, "spec.strategy.rollingUpdate.maxUnavailable"},
		workload.MinReadySeconds:        {false, "0", "spec.minReadySeconds"},
		workload.ProgressDeadline:       {false, "600", "spec.progressDeadlineSeconds"},
		workload.GracePeriod:            {true, "30", template + "terminationGracePeriodSeconds"},
		workload.StartupProbe("app"):    {true, "", template + "containers[app].startupProbe"},
		workload.ReadinessProbe("app"):  {true, "", template + "containers[app].readinessProbe"},
		workload.PreStop("app-2.weird"): {true, "", template + "containers[app-2.weird].lifecycle.preStop"},
	} {
		if !p.Known() || p.InTemplate() != want.inTemplate || p.APIDefault() != want.byDefault || string(p) != want.text {
			t.Errorf("%s: known %t, in template %t, default %q", p, p.Known(), p.InTemplate(), p.APIDefault())
		}
	}
}

func TestAForgedPathLeadsNowhere(t *testing.T) {
	d := read(t, pathsDocument)
	for _, p := range []workload.Path{
		"", "spec", "spec.replicas", "metadata.name", "spec.template.spec.hostNetwork", "spec.template.spec.containers",
		"spec.template.spec.containers[app]", "spec.template.spec.containers[app].image",
		"spec.template.spec.containers[app].livenessProbe",
		"spec.template.spec.containers[app].lifecycle.postStart", "spec.template.spec.containers[app].readinessProbe.exec",
		"spec.template.spec.containers[].readinessProbe", "spec.template.spec.containers[app.readinessProbe",
		"spec.template.spec.containers[app].x].readinessProbe", "spec.template.spec.initContainers[setup].readinessProbe",
		"spec.strategy.rollingUpdate", "spec.strategy.type", "Spec.minReadySeconds", "spec.minReadySeconds ",
	} {
		if p.Known() || d.Keys(p) != nil || d.Get(p) != nil {
			t.Errorf("%q: known %t, keys %q", p, p.Known(), d.Keys(p))
		}
	}
}

func TestTheObjectAroundHooksCanBeFoundAndIsNotOfTheClosedSet(t *testing.T) {
	d, p := read(t, pathsDocument), workload.Lifecycle("app")
	if p.Known() || d.Keys(p) == nil {
		t.Errorf("%s: known %t, keys %q", p, p.Known(), d.Keys(p))
	}
	if other := workload.Lifecycle("nobody"); d.Keys(other) != nil || d.Get(other) != nil {
		t.Errorf("%s: keys %q", other, d.Keys(other))
	}
}

func TestAPathLeadsToTheContainerOfThatName(t *testing.T) {
	d := read(t, pathsDocument)
	for _, tc := range []struct {
		path  workload.Path
		keys  []string
		value string
	}{
		{workload.MaxSurge, []string{"spec", "strategy", "rollingUpdate", "maxSurge"}, "1"},
		{workload.MaxUnavailable, []string{"spec", "strategy", "rollingUpdate", "maxUnavailable"}, ""},
		{workload.GracePeriod, []string{"spec", "template", "spec", "terminationGracePeriodSeconds"}, "9"},
		{workload.PreStop("side"), []string{"spec", "template", "spec", "containers", "1", "lifecycle", "preStop"}, `{"sleep":{"seconds":3}}`},
		{workload.StartupProbe("app"), []string{"spec", "template", "spec", "containers", "0", "startupProbe"}, ""},
		{workload.ReadinessProbe("missing"), nil, ""},
		{workload.ReadinessProbe("setup"), nil, ""},
	} {
		if diff := cmp.Diff(tc.keys, d.Keys(tc.path)); diff != "" {
			t.Errorf("%s, keys -want +got:\n%s", tc.path, diff)
		}
		got := ""
		if v := d.Get(tc.path); v != nil {
			got = string(v.MarshalTo(nil))
		}
		if got != tc.value {
			t.Errorf("%s: value %q, want %q", tc.path, got, tc.value)
		}
	}
}

func TestANullFieldCountsAsAbsent(t *testing.T) {
	d := read(t, `{"spec":{"minReadySeconds":null,"template":{"spec":{"terminationGracePeriodSeconds":null,"containers":[{"name":"app","readinessProbe":null,"lifecycle":null}]}}}}`)
	for _, p := range []workload.Path{workload.MinReadySeconds, workload.GracePeriod, workload.ReadinessProbe("app"), workload.PreStop("app")} {
		if v := d.Get(p); v != nil {
			t.Errorf("%s is %s", p, v)
		}
	}
}

func TestAPathNamesItsContainer(t *testing.T) {
	name, field := workload.PreStop("app").Container()
	if name != "app" || field != "lifecycle.preStop" {
		t.Errorf("container %q, field %q", name, field)
	}
	if name, field := workload.GracePeriod.Container(); name != "" || field != "" {
		t.Errorf("container %q, field %q", name, field)
	}
}

func TestAContainerIsFoundByNameAmongTheOrdinaryOnes(t *testing.T) {
	template := &read(t, pathsDocument).Template
	names := []string{}
	for _, name := range []string{"app", "side", "setup", ""} {
		if c := template.Container(name); c != nil {
			names = append(names, c.Name)
		}
	}
	if !slices.Equal(names, []string{"app", "side"}) {
		t.Errorf("found %q", names)
	}
}
