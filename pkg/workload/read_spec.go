package workload

import (
	"github.com/valyala/fastjson"
	corev1 "k8s.io/api/core/v1"
)

func (f *fields) metadata(d *Deployment, v *fastjson.Value) {
	f.at = "metadata"
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
	f.at = "spec"
	d.Paused = f.boolean(v, "paused")
	d.Replicas = f.seconds(v, "replicas", 1)
	d.MinReadySeconds = f.seconds(v, "minReadySeconds", 0)
	d.ProgressDeadlineSeconds = f.seconds(v, "progressDeadlineSeconds", 600)

	strategy, template := f.object(v, "strategy"), f.object(v, "template")
	f.at = "spec.strategy"
	d.Strategy.Type = f.text(strategy, "type")
	if d.Strategy.Type == "" {
		d.Strategy.Type = "RollingUpdate"
	}
	rolling := f.object(strategy, "rollingUpdate")
	f.at = "spec.strategy.rollingUpdate"
	d.Strategy.MaxSurge = f.countOrPercent(rolling, "maxSurge")
	d.Strategy.MaxUnavailable = f.countOrPercent(rolling, "maxUnavailable")

	f.template(&d.Template, template)
	d.Template.NodeEach = nodeEach(child(template, "spec"), d.Namespace, d.Template.Labels)
}

func (f *fields) template(t *Template, v *fastjson.Value) {
	f.at = "spec.template"
	metadata, spec := f.object(v, "metadata"), f.object(v, "spec")
	f.at = "spec.template.metadata"
	t.Labels = f.texts(metadata, "labels")
	t.Annotations = f.texts(metadata, "annotations")

	f.at = "spec.template.spec"
	t.HostNetwork = f.boolean(spec, "hostNetwork")
	t.GracePeriodSeconds = f.number(spec, "terminationGracePeriodSeconds", 30)

	containers := f.array(spec, "containers")
	t.Containers = make([]Container, len(containers))
	sidecars, volumes := f.array(spec, "initContainers"), f.array(spec, "volumes")
	for i, c := range containers {
		f.at, f.item = "spec.template.spec.containers", i+1
		f.container(&t.Containers[i], c)
	}
	for i, c := range sidecars {
		f.at, f.item = "spec.template.spec.initContainers", i+1
		if f.text(c, "restartPolicy") == string(corev1.ContainerRestartPolicyAlways) {
			var sidecar Container
			f.container(&sidecar, c)
			t.Sidecars = append(t.Sidecars, sidecar)
		}
	}
	for i, volume := range volumes {
		f.at, f.item = "spec.template.spec.volumes", i+1
		if claim := f.object(volume, "persistentVolumeClaim"); claim != nil {
			t.Claims = append(t.Claims, f.text(claim, "claimName"))
		}
	}
	f.item = 0
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
	ports := f.array(v, "ports")
	f.below = "ports"
	c.Ports = f.ports(ports)
	f.below = ""
	c.StartupProbe = decode[corev1.Probe](f, v, startupProbe)
	c.ReadinessProbe = decode[corev1.Probe](f, v, readinessProbe)
	lifecycle := f.object(v, "lifecycle")
	f.below = "lifecycle"
	c.PreStop = f.hook(lifecycle)
	f.below = ""
}
