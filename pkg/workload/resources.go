package workload

import (
	"fmt"

	"github.com/valyala/fastjson"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/json"
)

// Resources is a Pod of the template, less all that says nothing about how much it takes.
// It is read when somebody asks, as few namespaces have quotas.
func (d *Deployment) Resources() (*corev1.Pod, error) {
	spec := d.doc.Get("spec", "template", "spec")
	pod := &corev1.Pod{}
	pod.Spec.PriorityClassName = string(spec.GetStringBytes("priorityClassName"))
	if own := child(spec, "resources"); own != nil {
		pod.Spec.Resources = new(corev1.ResourceRequirements)
		if err := json.UnmarshalCaseSensitivePreserveInts(own.MarshalTo(nil), pod.Spec.Resources); err != nil {
			return nil, fmt.Errorf("field spec.template.spec.resources: %w", err)
		}
	}
	var err error
	if pod.Spec.InitContainers, err = demanding(spec, "initContainers"); err != nil {
		return nil, err
	}
	pod.Spec.Containers, err = demanding(spec, "containers")
	return pod, err
}

func demanding(spec *fastjson.Value, list string) ([]corev1.Container, error) {
	items := spec.GetArray(list)
	out := make([]corev1.Container, len(items))
	for i, item := range items {
		c := &out[i]
		c.Name = string(item.GetStringBytes("name"))
		if string(item.GetStringBytes("restartPolicy")) == string(corev1.ContainerRestartPolicyAlways) {
			always := corev1.ContainerRestartPolicyAlways
			c.RestartPolicy = &always
		}
		if own := child(item, "resources"); own != nil {
			if err := json.UnmarshalCaseSensitivePreserveInts(own.MarshalTo(nil), &c.Resources); err != nil {
				return nil, fmt.Errorf("field spec.template.spec.%s[%d].resources: %w", list, i, err)
			}
		}
	}
	return out, nil
}
