package capacity_test

import (
	"encoding/json"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/pkg/capacity"
)

func parse[T any](t *testing.T, text string) *T {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out := new(T)
	if err := json.Unmarshal(raw, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhoMayShareAVolume(t *testing.T) {
	for name, tc := range map[string]struct {
		claim string
		want  capacity.Sharing
	}{
		"no mode":                         {"{}", capacity.NotKnown},
		"a mode of the future":            {"{spec: {accessModes: [ReadWriteEverywhere]}}", capacity.NotKnown},
		"one node":                        {"{spec: {accessModes: [ReadWriteOnce]}}", capacity.OneNode},
		"one Pod":                         {"{spec: {accessModes: [ReadWriteOncePod]}}", capacity.OnePod},
		"many write":                      {"{spec: {accessModes: [ReadWriteMany]}}", capacity.ManyNodes},
		"many read":                       {"{spec: {accessModes: [ReadOnlyMany]}}", capacity.ManyNodes},
		"one node or many":                {"{spec: {accessModes: [ReadWriteOnce, ReadWriteMany]}}", capacity.ManyNodes},
		"bound to a volume that can more": {"{spec: {accessModes: [ReadWriteOnce]}, status: {accessModes: [ReadWriteOnce, ReadWriteMany]}}", capacity.ManyNodes},
	} {
		if got := capacity.OfClaim(parse[corev1.PersistentVolumeClaim](t, tc.claim)); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

const pod = `
spec:
  priorityClassName: urgent
  initContainers:
  - {name: migrate, resources: {requests: {cpu: "2", memory: 64Mi}}}
  - {name: proxy, restartPolicy: Always, resources: {requests: {cpu: 100m}, limits: {memory: 64Mi}}}
  containers:
  - {name: app, resources: {requests: {cpu: 500m, memory: 256Mi}, limits: {memory: 512Mi, nvidia.com/gpu: 1}}}
  - {name: log, resources: {}}
`

func TestHowManyPodsFitIntoAQuota(t *testing.T) {
	for name, tc := range map[string]struct {
		quota    string
		limited  bool
		pods     int64
		resource corev1.ResourceName
	}{
		"by number":                          {"{spec: {hard: {pods: 4}}}", true, 4, "pods"},
		"by number, in other words":          {"{spec: {hard: {count/pods: 4}}}", true, 4, "count/pods"},
		"by what is left":                    {"{status: {hard: {pods: 4}, used: {pods: 3}}, spec: {hard: {pods: 9}}}", true, 1, "pods"},
		"by less than nothing":               {"{status: {hard: {pods: 4}, used: {pods: 7}}}", true, 0, "pods"},
		"an init container counts":           {`{spec: {hard: {requests.cpu: "4"}}}`, true, 2, "requests.cpu"},
		"without the word requests":          {`{spec: {hard: {cpu: "4"}}}`, true, 2, "cpu"},
		"requests follow limits":             {"{spec: {hard: {requests.memory: 640Mi}}}", true, 2, "requests.memory"},
		"limits":                             {"{spec: {hard: {limits.memory: 575Mi}}}", true, 0, "limits.memory"},
		"of exactly as much":                 {"{spec: {hard: {limits.memory: 576Mi}}}", true, 1, "limits.memory"},
		"of a device":                        {"{spec: {hard: {requests.nvidia.com/gpu: 3}}}", true, 3, "requests.nvidia.com/gpu"},
		"the scarcest counts":                {`{spec: {hard: {pods: 9, requests.cpu: "5", limits.memory: 100Gi}}}`, true, 2, "requests.cpu"},
		"of what Pods do not use":            {"{spec: {hard: {services: 0, requests.storage: 0, count/secrets: 0}}}", false, 0, ""},
		"of what these Pods do not use":      {"{spec: {hard: {requests.example.com/fpga: 0}}}", false, 0, ""},
		"for Pods without requests":          {"{spec: {hard: {pods: 0}, scopes: [BestEffort]}}", false, 0, ""},
		"for Pods with requests":             {"{spec: {hard: {pods: 0}, scopes: [NotBestEffort, NotTerminating]}}", true, 0, "pods"},
		"for Pods that end":                  {"{spec: {hard: {pods: 0}, scopes: [Terminating]}}", false, 0, ""},
		"for any priority class":             {"{spec: {hard: {pods: 0}, scopes: [PriorityClass]}}", true, 0, "pods"},
		"for their priority class":           {scoped("In, values: [urgent]"), true, 0, "pods"},
		"for another priority class":         {scoped("In, values: [idle]"), false, 0, ""},
		"for all priority classes but this":  {scoped("NotIn, values: [urgent]"), false, 0, ""},
		"for no priority class":              {scoped("DoesNotExist"), false, 0, ""},
		"for a scope that is not known here": {"{spec: {hard: {pods: 0}, scopes: [FromTheFuture]}}", false, 0, ""},
		"without limits":                     {"{}", false, 0, ""},
		"more than can be counted":           {"{spec: {hard: {requests.memory: 9Ei}}}", true, 1<<31 - 1, "requests.memory"},
	} {
		demand, quota := capacity.OfPod(parse[corev1.Pod](t, pod)), capacity.OfQuota(parse[corev1.ResourceQuota](t, tc.quota))
		short, limited := quota.Room(&demand)
		if limited != tc.limited || short.Pods != tc.pods || short.Resource != tc.resource {
			t.Errorf("%s: limited %t, %+v", name, limited, short)
		}
	}
}

func scoped(operator string) string {
	return "{spec: {hard: {pods: 0}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: " + operator + "}]}}}"
}

func TestResourcesOfTheWholePodCountInstead(t *testing.T) {
	whole := parse[corev1.Pod](t, `{spec: {resources: {requests: {cpu: "3"}}, containers: [{name: app, resources: {requests: {cpu: 500m}}}]}}`)
	demand, quota := capacity.OfPod(whole), capacity.OfQuota(parse[corev1.ResourceQuota](t, `{spec: {hard: {requests.cpu: "4"}}}`))
	if short, limited := quota.Room(&demand); !limited || short.Pods != 1 {
		t.Errorf("limited %t, %+v", limited, short)
	}
}

func TestAPodWithoutRequestsIsBestEffort(t *testing.T) {
	demand := capacity.OfPod(parse[corev1.Pod](t, "{spec: {containers: [{name: app}]}}"))
	quota := capacity.OfQuota(parse[corev1.ResourceQuota](t, "{spec: {hard: {pods: 3}, scopes: [BestEffort]}}"))
	if short, limited := quota.Room(&demand); !limited || short.Pods != 3 {
		t.Errorf("limited %t, %+v", limited, short)
	}
}
