package manifest

import (
	"fmt"
	"slices"
	"strings"
)

// workload tells whether an object that is passed over makes Pods for good, so that people
// may think that it was looked at: an apps/v1 StatefulSet, a Deployment of a group that has
// gone (extensions/v1beta1), a Rollout of Argo.
func (o *object) workload() bool {
	return slices.Contains([]string{kindDeployment, "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Rollout", "DeploymentConfig"}, o.kind)
}

// Passed says, for people, which workloads of the files were not looked at: "1 StatefulSet,
// 2 Deployments of extensions/v1beta1"; "" where there are none.
func (s *Set) Passed() string {
	var out []string
	for t, n := range s.passed {
		out = append(out, counted(t, n))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func counted(t typeMeta, n int) string {
	words := t.kind
	if n > 1 {
		words += "s"
	}
	if t.kind == kindDeployment {
		words += " of " + t.apiVersion
	}
	return fmt.Sprintf("%d %s", n, words)
}
