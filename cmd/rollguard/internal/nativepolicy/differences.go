// Package nativepolicy writes the part of Rollguard that needs no look at anything but the
// Deployment and its namespace as a MutatingAdmissionPolicy (KEP-3962), for clusters in
// which no webhook may run. It does no I/O.
package nativepolicy

// Differences is what the policy does not do, or does otherwise than the webhook.
func Differences() []string {
	return []string{
		"Probes and minReadySeconds are left out: they follow from Services, Ingresses and health checks, which a policy cannot read. Race A (old Pods go before the load balancer uses the new one) stays open.",
		"How traffic gets there is not looked up. Where the namespace's annotation rollguard.io/exposure does not say it for all, a Deployment whose containers declare a TCP port counts as exposed in the way of --exposure. The webhook also knows Deployments that declare none, and leaves alone what nothing sends traffic to.",
		"A target group's deregistration delay is not followed.",
		"Annotations of the Deployment are not read, nor the mode enforce: a Deployment with an annotation of ours is left alone. The label rollguard.io/inject=disabled opts out, but takes nothing back.",
		"There is no record (annotation rollguard.io/injected). Values do not follow a changed policy, nothing is removed when a Deployment opts out or the policy goes, and rollguard strip finds nothing.",
		"Who wrote a default is told from kubectl's last-applied annotation alone. With server-side apply, an author's maxUnavailable 25% or grace period 30 counts as a default.",
		"A strategy is left alone for any PersistentVolumeClaim; the webhook looks at its access mode.",
		"A preStop hook that is a command is left as it is, and its sleep is not counted in the grace period. The webhook reads sleep commands.",
		"The sleep is native, so the API server must be 1.30 or newer; the policy itself needs 1.36.",
		"There are no warnings, findings, metrics or Events, and a write that puts the bare manifest in place of what was stored gets today's values, not those of before.",
	}
}
