package policy

import "slices"

// Code is the stable name of a reason. Codes are part of the interface: they stand
// in warnings, metrics and audit logs, and are never renamed.
type Code string

// The codes.
const (
	MaxUnavailableSet       Code = "MaxUnavailableSet"
	MaxSurgeSet             Code = "MaxSurgeSet"
	StartupProbeAdded       Code = "StartupProbeAdded"
	ReadinessProbeAdded     Code = "ReadinessProbeAdded"
	PreStopSleepAdded       Code = "PreStopSleepAdded"
	PreStopExecAdded        Code = "PreStopExecAdded"
	GracePeriodRaised       Code = "GracePeriodRaised"
	MinReadyFromHealthCheck Code = "MinReadyFromHealthCheck"
	MinReadyAsked           Code = "MinReadyAsked"
	ProgressDeadlineRaised  Code = "ProgressDeadlineRaised"
	NoLongerCalledFor       Code = "NoLongerCalledFor"
	Restored                Code = "Restored"
	LeftoverRemoved         Code = "LeftoverRemoved"
	RollingUpdateRemoved    Code = "RollingUpdateRemoved"

	MaxUnavailableEnforced   Code = "MaxUnavailableEnforced"
	PreStopLengthened        Code = "PreStopLengthened"
	GracePeriodEnforced      Code = "GracePeriodEnforced"
	MinReadyEnforced         Code = "MinReadyEnforced"
	ProgressDeadlineEnforced Code = "ProgressDeadlineEnforced"

	KeptOnRequest          Code = "KeptOnRequest"
	KeptWhileUnclear       Code = "KeptWhileUnclear"
	ProbeAuthored          Code = "ProbeAuthored"
	PreStopAuthored        Code = "PreStopAuthored"
	MaxSurgeAuthored       Code = "MaxSurgeAuthored"
	MaxUnavailableAuthored Code = "MaxUnavailableAuthored"
	MaxUnavailableAsked    Code = "MaxUnavailableAsked"

	SurgeForbidden    Code = "SurgeForbidden"
	SurgeMayDeadlock  Code = "SurgeMayDeadlock"
	RecreateStrategy  Code = "RecreateStrategy"
	PreStopTooShort   Code = "PreStopTooShort"
	PreStopUnclear    Code = "PreStopUnclear"
	GraceTooShort     Code = "GraceTooShort"
	MinReadyTooShort  Code = "MinReadyTooShort"
	DeadlineTooShort  Code = "DeadlineTooShort"
	NoProvenPort      Code = "NoProvenPort"
	ProbePathMissing  Code = "ProbePathMissing"
	ContainerNotFound Code = "ContainerNotFound"

	NotExposed        Code = "NotExposed"
	ExposureAssumed   Code = "ExposureAssumed"
	ExposureExpected  Code = "ExposureExpected"
	ExposureUnclear   Code = "ExposureUnclear"
	ReadinessGateUsed Code = "ReadinessGateUsed"
	RouteInDoubt      Code = "RouteInDoubt"
	OwnedByController Code = "OwnedByController"
	PendingRollout    Code = "PendingRollout"
	TooManyContainers Code = "TooManyContainers"
	ObjectTooLarge    Code = "ObjectTooLarge"
	LongDrainDelay    Code = "LongDrainDelay"

	UnknownAnnotation  Code = "UnknownAnnotation"
	InvalidAnnotation  Code = "InvalidAnnotation"
	ValueOutOfBounds   Code = "ValueOutOfBounds"
	OverrideNotAllowed Code = "OverrideNotAllowed"
	RecordUnreadable   Code = "RecordUnreadable"

	HealthCheckDiffers       Code = "HealthCheckDiffers"
	LongSleep                Code = "LongSleep"
	MeshMayStopFirst         Code = "MeshMayStopFirst"
	MeshStopsFirst           Code = "MeshStopsFirst"
	NoReadinessGate          Code = "NoReadinessGate"
	NotReadyPublished        Code = "NotReadyPublished"
	PinnedConnections        Code = "PinnedConnections"
	ProbePortDiffers         Code = "ProbePortDiffers"
	ProbePortUndeclared      Code = "ProbePortUndeclared"
	ReadinessGateUnsupported Code = "ReadinessGateUnsupported"
	ShellIsFirst             Code = "ShellIsFirst"
	SingleReplica            Code = "SingleReplica"
	SurgeNeedsNode           Code = "SurgeNeedsNode"
	SurgeNeedsSameNode       Code = "SurgeNeedsSameNode"
	QuotaBlocksSurge         Code = "QuotaBlocksSurge"
	QuotaSlowsSurge          Code = "QuotaSlowsSurge"
	OldPodsUnguarded         Code = "OldPodsUnguarded"
)

// Entry explains one code in the reference.
type Entry struct {
	Code    Code
	Outcome Outcome
	// Means is what the code says; Advice is what to do, empty when nothing.
	Means, Advice string
}

// AboutAnnotation tells whether a finding of this code says that an annotation is not
// followed, such as a slip in its key: what the Deployment lacks by that is said by others.
func (c Code) AboutAnnotation() bool {
	return c == UnknownAnnotation || c == InvalidAnnotation || c == OverrideNotAllowed
}

// Catalogue lists every code, in the order of the reference. docs/reference/
// findings.md is generated from it.
func Catalogue() []Entry {
	return slices.Concat(changedEntries(), keptEntries(), riskEntries(), skippedEntries(), hazardEntries())
}

func changedEntries() []Entry {
	return []Entry{
		{MaxUnavailableSet, Changed, "A rollout takes no Pod away before its replacement is available.", ""},
		{MaxSurgeSet, Changed, "A rollout may add this many Pods.", ""},
		{StartupProbeAdded, Changed, "The author wrote no startup probe, and a slow start without one counts as ready.", "Set a startup path if the application has one."},
		{ReadinessProbeAdded, Changed, "The author wrote no readiness probe, and a container without one counts as ready at once.", "Set a readiness path if the application has one."},
		{PreStopSleepAdded, Changed, "A terminating Pod goes on serving until nothing new is sent to it.", ""},
		{PreStopExecAdded, Changed, "A terminating Pod goes on serving until nothing new is sent to it; it waits by the command sleep, as the API server is older than 1.30 or the configuration asks for that.", "Make sure that the image has a sleep command, or upgrade to Kubernetes 1.30."},
		{GracePeriodRaised, Changed, "The grace period covers the sleep and leaves time to shut down.", ""},
		{MinReadyFromHealthCheck, Changed, "A rollout waits until the load balancer has had time to find the new Pod healthy.", "A shorter health check interval, or the readiness gate of the AWS Load Balancer Controller, makes rollouts faster."},
		{MinReadyAsked, Changed, "A rollout waits this long after a new Pod is Ready, as an annotation asks.", ""},
		{ProgressDeadlineRaised, Changed, "The progress deadline leaves room for the start and for minReadySeconds.", ""},
		{NoLongerCalledFor, Changed, "Rollguard wrote this earlier, and no rule calls for it any more.", ""},
		{LeftoverRemoved, Changed, "The author wrote a probe or hook of his own, and an apply merged it with what Rollguard had added; the rest of that was removed.", ""},
		{RollingUpdateRemoved, Changed, "The strategy became Recreate, and rolling-update values that nobody wrote on purpose were removed: the API takes only one of the two.", ""},
		{MaxUnavailableEnforced, Changed, "The author's maxUnavailable was replaced, as mode enforce asks.", "Remove it from the manifest, or tools that compare will show a difference."},
		{PreStopLengthened, Changed, "The author's preStop sleep was lengthened, as mode enforce asks.", "Lengthen it in the manifest."},
		{GracePeriodEnforced, Changed, "The author's grace period was raised, as mode enforce asks.", "Raise it in the manifest."},
		{MinReadyEnforced, Changed, "The author's minReadySeconds was raised, as mode enforce asks.", "Raise it in the manifest."},
		{ProgressDeadlineEnforced, Changed, "The author's progressDeadlineSeconds was raised, as mode enforce asks.", "Raise it in the manifest."},
		{Restored, Changed, "The write dropped what Rollguard had added, and nothing else in the Pod template; it was put back so that no rollout starts.", ""},
	}
}

func keptEntries() []Entry {
	return []Entry{
		{KeptOnRequest, Kept, "The keep annotation asks to leave this alone.", ""},
		{KeptWhileUnclear, Kept, "Rollguard wrote this for a load balancer that cannot be read any more, as after a slip in an Ingress; AWS may go on with what was deployed before, so it stays.", "Mend what the finding ExposureUnclear names, or say how requests come with the annotation rollguard.io/exposure."},
		{ProbeAuthored, Kept, "The author's probe is left alone.", ""},
		{PreStopAuthored, Kept, "The author's preStop hook waits long enough.", ""},
		{MaxSurgeAuthored, Kept, "The author's maxSurge is left alone.", ""},
	}
}

func riskEntries() []Entry {
	return []Entry{
		{MaxUnavailableAuthored, AtRisk, "The author's maxUnavailable lets a rollout take Pods away before their replacements are available.", "Remove it, or set it to 0."},
		{MaxUnavailableAsked, AtRisk, "An annotation asks for a maxUnavailable that lets a rollout take Pods away before their replacements are available.", "Remove the annotation rollguard.io/max-unavailable, or accept it."},
		{SurgeForbidden, AtRisk, "maxSurge is 0, so every rollout takes a Pod away first.", "Allow a surge Pod and set maxUnavailable to 0."},
		{SurgeMayDeadlock, AtRisk, "A new Pod may not be able to run beside the old one, so the strategy was left alone.", "Do without the host port or host network, use a volume of mode ReadWriteMany, or strategy Recreate if a short outage may be."},
		{RecreateStrategy, AtRisk, "The strategy Recreate stops every Pod before it starts a new one: each rollout is an outage.", "Use RollingUpdate if two versions may run side by side."},
		{PreStopTooShort, AtRisk, "The author's preStop hook ends before the load balancer has stopped sending.", "Lengthen the sleep, or remove the hook and let Rollguard add one."},
		{PreStopUnclear, AtRisk, "The author's preStop hook does not show how long it waits.", "Make sure that it waits at least as long as the finding says."},
		{GraceTooShort, AtRisk, "The grace period is too short for the sleep that is called for and for the application to shut down after it.", "Raise terminationGracePeriodSeconds, or remove it."},
		{MinReadyTooShort, AtRisk, "minReadySeconds is shorter than the load balancer needs to find a new Pod healthy.", "Raise minReadySeconds, remove it, or use the readiness gate. Where it was set to 0, write the number that the finding names: the API stores no 0, so there is nothing to remove."},
		{DeadlineTooShort, AtRisk, "progressDeadlineSeconds is too short for the start and for minReadySeconds.", "Raise progressDeadlineSeconds, or remove it."},
		{NoProvenPort, AtRisk, "No Service port leads to a container port for certain, so no probe was added.", "Declare the port in the container, or name the serving container with the annotation rollguard.io/container."},
		{ProbePathMissing, AtRisk, "An http probe was asked for and no path is known, so it became a tcp probe.", "Set the annotation rollguard.io/readiness-path or rollguard.io/startup-path."},
		{ContainerNotFound, AtRisk, "rollguard.io/container names a container that the Pod does not have.", "Correct the name."},
		{ObjectTooLarge, AtRisk, "The Deployment is so large that what Rollguard adds might make etcd refuse it, so nothing was added.", "Move large values, such as files in environment variables, to a ConfigMap."},
		{ExposureUnclear, AtRisk, "A load balancer may send traffic here, and what would tell it could not be read, so it was not counted. What Rollguard wrote before stays.", "Mend what the finding names. Where that cannot be put right, say how requests come with the annotation rollguard.io/exposure."},
		{UnknownAnnotation, AtRisk, "An annotation or label with Rollguard's prefix is not known, or stands on the wrong object; or an annotation was written as a label.", "Correct the key."},
		{InvalidAnnotation, AtRisk, "An annotation's value cannot be used, so the next source in line was.", "Correct the value."},
		{ValueOutOfBounds, AtRisk, "A value is beyond the administrator's limits and was limited.", "Ask for less, or ask the administrator."},
		{OverrideNotAllowed, AtRisk, "The namespace allows no overrides, so an annotation on the Deployment was ignored.", "Remove it, or ask the platform team."},
	}
}

func skippedEntries() []Entry {
	return []Entry{
		{NotExposed, Skipped, "Nothing sends traffic to this Deployment, so nothing is needed.", "If that is wrong, say how traffic comes with the annotation rollguard.io/exposure."},
		{ExposureAssumed, Skipped, "No route was found yet; the Deployment declares a port, so it was treated as exposed by a Service, without probes. Its next rollout looks again: where no route leads there then, all is taken back.", "If requests come another way than Rollguard can see, say so with the annotation rollguard.io/exposure."},
		{ExposureExpected, Skipped, "A Service has annotations for an ALB, and no Ingress leads to it, as in a first Helm install, where the Ingress comes after the Deployment.", "Set rollguard.io/exposure on the Deployment or its namespace if an ALB is on its way; else remove the annotations."},
		{RouteInDoubt, Skipped, "A route may not be in use: the load balancer controller does not deploy it as things are, and leaves what it deployed before; or it has no targets. It is guarded all the same.", "Mend what the finding names."},
		{ReadinessGateUsed, Skipped, "The readiness gate already makes rollouts wait for the load balancer.", ""},
		{OwnedByController, Skipped, "Another controller owns this Deployment and would undo changes.", "If it would not, set the annotation rollguard.io/owned to mutate."},
		{TooManyContainers, Skipped, "The Deployment has more containers than any Pod that runs, and is not looked at.", ""},
		{PendingRollout, Skipped, "The Pod template lacks something; it is completed when its author changes it next, as Rollguard never starts a rollout.", "Run kubectl rollout restart to complete it now; of a paused Deployment, kubectl rollout resume first."},
		{LongDrainDelay, Skipped, "The target group's deregistration delay is longer than any sensible sleep; the profile's sleep is used.", "Set deregistration_delay.timeout_seconds to the longest request."},
		{RecordUnreadable, Skipped, "The record of what Rollguard wrote cannot be read and was not used.", ""},
	}
}

// hazardEntries are what no rule can mend; see hazards.go.
func hazardEntries() []Entry {
	return []Entry{
		{NotReadyPublished, AtRisk, "The Service has publishNotReadyAddresses, so a stopping Pod is sent requests until it is gone, however long it sleeps.", "Remove publishNotReadyAddresses, or let a headless Service of its own have it if the Pods need it to find each other."},
		{MeshStopsFirst, AtRisk, "The template asks for a mesh proxy that stops serving while the application still sleeps.", "Make the proxy a native sidecar, or let it wait at least as long as the sleep."},
		{MeshMayStopFirst, Skipped, "A mesh proxy that is no native sidecar would stop serving while the application still sleeps; the template does not tell which it is.", "Nothing with Istio 1.27 on Kubernetes 1.33, or Linkerd 2.20, in their default settings; else make the proxy a native sidecar."},
		{PinnedConnections, Skipped, "Behind instance targets, connections that are kept alive stay with a stopping Pod until one end closes them.", "Let the application close its connections after SIGTERM and set rollguard.io/drains-on-sigterm, or use ip targets."},
		{NoReadinessGate, Skipped, "Nothing makes a rollout wait for the load balancer: an annotation keeps minReadySeconds away, and there is no readiness gate.", "Remove the annotation that the finding names, so that Rollguard sets minReadySeconds, or label the namespace for readiness gates."},
		{ReadinessGateUnsupported, Skipped, "The namespace is labelled for readiness gates, which EKS Auto Mode does not have; minReadySeconds is used.", ""},
		{ShellIsFirst, Skipped, "A shell is the first process of the container and may not pass SIGTERM on, so the application is killed when the grace period ends.", "Write exec before the program, or start it without a shell."},
		{ProbePortUndeclared, Skipped, "The readiness probe asks a port that no container declares.", "Correct the port, or declare it."},
		{ProbePortDiffers, Skipped, "The readiness probe asks another port than the one the load balancer sends requests to.", "Let it ask the port that serves."},
		{HealthCheckDiffers, Skipped, "The load balancer and the readiness probe check different paths.", "Set alb.ingress.kubernetes.io/healthcheck-path to the path of the probe."},
		{LongSleep, Skipped, "A stopping Pod sleeps longer than a Spot node, or a node that shuts down, may leave it.", "Shorten the sleep, or keep the Pods off Spot nodes."},
		{SurgeNeedsNode, Skipped, "Required anti-affinity gives each Pod a node of its own, so a rollout waits until one more is free.", "Keep a spare node, prefer instead of require, or add pod-template-hash to matchLabelKeys."},
		{SurgeNeedsSameNode, Skipped, "The Pods use a volume that only one node can mount, so a rollout waits for ever if the new Pod is placed on another node. Kubernetes does the same by default with one replica.", "Use a volume of mode ReadWriteMany, or strategy Recreate if a short outage may be."},
		{QuotaBlocksSurge, AtRisk, "A ResourceQuota has no room for one Pod more than the replicas, so a rollout waits until something else is removed.", "Raise the quota, or lower what the Pods request."},
		{QuotaSlowsSurge, Skipped, "A ResourceQuota has room for fewer new Pods at a time than maxSurge allows, so a rollout takes longer.", "Raise the quota, or lower what the Pods request."},
		{OldPodsUnguarded, Skipped, "This rollout still replaces Pods that were started without a preStop sleep, so a few requests may be lost one last time.", "Nothing. From the next rollout on, every Pod that goes has it."},
		{SingleReplica, Skipped, "One replica serves behind a load balancer; rollouts are safe, a drain or failure of its node is an outage.", "Run at least two replicas."},
	}
}
