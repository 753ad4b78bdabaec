package workload

import (
	"github.com/valyala/fastjson"
	corev1 "k8s.io/api/core/v1"
)

func (f *fields) metadata(d *Deployment, v *fastjson.Value) {
	d.Namespace = f.text(v, "namespace")
	d.Name = f.text(v, "name")
	if d.Name == "" {
		d.Name = f.text(v, "generateName")
	}
	d.Labels = f.texts(v, "labels")
	d.Annotations = f.texts(v, "annotations")
	d.Deleting = child(v, "deletionTimestamp") != nil
	for _, ref := range f.array(v, "ownerReferences") {
		if f.boolean(ref, "controller") {
			d.Controller = f.text(ref, "kind") + "/" + f.text(ref, "name")
		}
	}
}

func (f *fields) spec(d *Deployment, v *fastjson.Value) {
	d.Replicas = f.seconds(v, "replicas", 1)
	d.MinReadySeconds = f.seconds(v, "minReadySeconds", 0)
	d.ProgressDeadlineSeconds = f.seconds(v, "progressDeadlineSeconds", 600)

	strategy := f.object(v, "strategy")
	d.Strategy.Type = f.text(strategy, "type")
	if d.Strategy.Type == "" {
		d.Strategy.Type = "RollingUpdate"
	}
	rolling := f.object(strategy, "rollingUpdate")
	d.Strategy.MaxSurge = f.countOrPercent(rolling, "maxSurge")
	d.Strategy.MaxUnavailable = f.countOrPercent(rolling, "maxUnavailable")

	template := f.object(v, "template")
	f.template(&d.Template, template)
	d.Template.NodeEach = nodeEach(child(template, "spec"), d.Namespace, d.Template.Labels)
}

func (f *fields) template(t *Template, v *fastjson.Value) {
	metadata := f.object(v, "metadata")
	t.Labels = f.texts(metadata, "labels")
	t.Annotations = f.texts(metadata, "annotations")

	spec := f.object(v, "spec")
	t.HostNetwork = f.boolean(spec, "hostNetwork")
	t.GracePeriodSeconds = f.number(spec, "terminationGracePeriodSeconds", 30)

	containers := f.array(spec, "containers")
	t.Containers = make([]Container, len(containers))
	for i, c := range containers {
		f.container(&t.Containers[i], c)
	}
	for _, c := range f.array(spec, "initContainers") {
		if f.text(c, "restartPolicy") == string(corev1.ContainerRestartPolicyAlways) {
			var sidecar Container
			f.container(&sidecar, c)
			t.Sidecars = append(t.Sidecars, sidecar)
		}
	}
	for _, volume := range f.array(spec, "volumes") {
		if claim := f.object(volume, "persistentVolumeClaim"); claim != nil {
			t.Claims = append(t.Claims, f.text(claim, "claimName"))
		}
	}
}

// hook reads the preStop hook. A native sleep, which is what most Deployments have once
// they have been here, is read without reflection.
func (f *fields) hook(lifecycle *fastjson.Value) *corev1.LifecycleHandler {
	v := f.object(lifecycle, "preStop")
	if v == nil {
		return nil
	}
	if sleep := child(v, "sleep"); sleep != nil && v.GetObject().Len() == 1 && sleep.Type() == fastjson.TypeObject {
		return &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: f.number(sleep, "seconds", 0)}}
	}
	return decode[corev1.LifecycleHandler](f, lifecycle, "preStop")
}

func (f *fields) container(c *Container, v *fastjson.Value) {
	c.Name = f.text(v, "name")
	c.Command, c.Args = f.words(v, "command"), f.words(v, "args")
	c.Ports = f.ports(v)
	c.StartupProbe = decode[corev1.Probe](f, v, startupProbe)
	c.ReadinessProbe = decode[corev1.Probe](f, v, readinessProbe)
	c.PreStop = f.hook(f.object(v, "lifecycle"))
}
