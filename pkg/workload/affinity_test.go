package workload_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/workload"
)

func TestPodsThatMayNotShareANodeAreKnown(t *testing.T) {
	const hostname = `"topologyKey":"kubernetes.io/hostname"`
	for _, tc := range []struct {
		name, term string
		alone      bool
	}{
		{"own labels", hostname + `,"labelSelector":{"matchLabels":{"app":"web"}}`, true},
		{"other labels", hostname + `,"labelSelector":{"matchLabels":{"app":"api"}}`, false},
		{"one label of two", hostname + `,"labelSelector":{"matchLabels":{"app":"web","tier":"x"}}`, false},
		{"everything", hostname + `,"labelSelector":{}`, true},
		{"no selector", hostname, false},
		{"a null selector", hostname + `,"labelSelector":null`, false},
		{"zones", `"topologyKey":"topology.kubernetes.io/zone","labelSelector":{}`, false},
		{"in", hostname + `,"labelSelector":{"matchExpressions":[{"key":"app","operator":"In","values":["x","web"]}]}`, true},
		{"not in", hostname + `,"labelSelector":{"matchExpressions":[{"key":"app","operator":"NotIn","values":["web"]}]}`, false},
		{"not in, of an absent key", hostname + `,"labelSelector":{"matchExpressions":[{"key":"tier","operator":"NotIn","values":["web"]}]}`, true},
		{"exists", hostname + `,"labelSelector":{"matchExpressions":[{"key":"app","operator":"Exists"}]}`, true},
		{"does not exist", hostname + `,"labelSelector":{"matchExpressions":[{"key":"app","operator":"DoesNotExist"}]}`, false},
		{"an unknown operator", hostname + `,"labelSelector":{"matchExpressions":[{"key":"app","operator":"Is"}]}`, false},
		{"each revision for itself", hostname + `,"labelSelector":{},"matchLabelKeys":["pod-template-hash"]`, false},
		{"own namespace by name", hostname + `,"labelSelector":{},"namespaces":["shop"]`, true},
		{"another namespace", hostname + `,"labelSelector":{},"namespaces":["other"]`, false},
		{"all namespaces", hostname + `,"labelSelector":{},"namespaceSelector":{}`, true},
		{"some namespaces", hostname + `,"labelSelector":{},"namespaceSelector":{"matchLabels":{"a":"b"}}`, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := read(t, fmt.Sprintf(`{"metadata":{"namespace":"shop","name":"web"},"spec":{"template":{"metadata":{"labels":{"app":"web"}},
				"spec":{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{%s}]}}}}}}`, tc.term))
			if got := d.Template.NodeEach; got != tc.alone {
				t.Errorf("a node each: %t", got)
			}
		})
	}
}

func TestWhatAContainerRunsIsRead(t *testing.T) {
	d := read(t, `{"spec":{"template":{"spec":{"containers":[{"name":"app","command":["sh",null],"args":["-c"]},{"name":"bare","command":[]}]}}}}`)
	c := d.Template.Containers
	if !slices.Equal(c[0].Command, []string{"sh", ""}) || !slices.Equal(c[0].Args, []string{"-c"}) || c[1].Command != nil || c[1].Args != nil {
		t.Errorf("%+v", c)
	}
}

func TestACommandOfTheWrongTypeIsNamed(t *testing.T) {
	for _, command := range []string{`"sh"`, `[1]`, `{}`} {
		_, err := new(workload.Reader).Read([]byte(`{"spec":{"template":{"spec":{"containers":[{"name":"app","command":` + command + `}]}}}}`))
		if err == nil || !strings.Contains(err.Error(), "containers[0].command is") {
			t.Errorf("%s: error %v", command, err)
		}
	}
}
