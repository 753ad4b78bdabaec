package workload

import (
	"strconv"

	"github.com/valyala/fastjson"
)

// Keys are the object keys and array indexes that lead to a field in this very
// object, or nil when the path is unknown or names a container it does not have.
func (d *Deployment) Keys(p Path) []string {
	switch p {
	case MaxSurge:
		return []string{"spec", "strategy", "rollingUpdate", "maxSurge"}
	case MaxUnavailable:
		return []string{"spec", "strategy", "rollingUpdate", "maxUnavailable"}
	case MinReadySeconds:
		return []string{"spec", "minReadySeconds"}
	case ProgressDeadline:
		return []string{"spec", "progressDeadlineSeconds"}
	case GracePeriod:
		return []string{"spec", "template", "spec", graceKey}
	}
	name, field := p.Container()
	index := d.index(name)
	if index < 0 {
		return nil
	}
	keys := make([]string, 0, 7)
	keys = append(keys, "spec", "template", "spec", "containers", strconv.Itoa(index))
	switch field {
	case startupProbe, readinessProbe, lifecycle:
		return append(keys, field)
	case preStop:
		return append(keys, "lifecycle", "preStop")
	}
	return nil
}

// index finds an ordinary container by name, -1 without one.
func (d *Deployment) index(name string) int {
	for i := range d.Template.Containers {
		if name != "" && d.Template.Containers[i].Name == name {
			return i
		}
	}
	return -1
}

// get is the value that Keys leads to. The keys are constants here, so that looking
// at a field costs no memory.
func (d *Deployment) get(p Path) *fastjson.Value {
	switch p {
	case MaxSurge:
		return d.doc.Get("spec", "strategy", "rollingUpdate", "maxSurge")
	case MaxUnavailable:
		return d.doc.Get("spec", "strategy", "rollingUpdate", "maxUnavailable")
	case MinReadySeconds:
		return d.doc.Get("spec", "minReadySeconds")
	case ProgressDeadline:
		return d.doc.Get("spec", "progressDeadlineSeconds")
	case GracePeriod:
		return d.doc.Get("spec", "template", "spec", graceKey)
	}
	name, field := p.Container()
	containers := d.doc.GetArray("spec", "template", "spec", "containers")
	index := d.index(name)
	if index < 0 || index >= len(containers) {
		return nil
	}
	switch field {
	case startupProbe:
		return containers[index].Get(startupProbe)
	case readinessProbe:
		return containers[index].Get(readinessProbe)
	case lifecycle:
		return containers[index].Get(lifecycle)
	case preStop:
		return containers[index].Get("lifecycle", "preStop")
	}
	return nil
}
