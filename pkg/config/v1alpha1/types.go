package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// The type of the file.
const (
	APIVersion = "rollguard.io/v1alpha1"
	Kind       = "WebhookConfiguration"
)

// WebhookConfiguration is what an administrator sets for the whole cluster.
type WebhookConfiguration struct {
	metav1.TypeMeta `json:",inline"`

	// Profiles are named sets of timings beside the built-in "standard" and "careful";
	// one of the same name replaces it. Defaults to none.
	Profiles map[string]Profile `json:"profiles,omitempty"`

	// Bounds limit what annotations may ask for.
	Bounds Bounds `json:"bounds,omitempty"`

	// ExcludedNamespaces are never touched, whatever their labels say. kube-system and
	// kube-node-lease always are among them. Defaults to none.
	ExcludedNamespaces []string `json:"excludedNamespaces,omitempty"`

	// IngressClassAnnotations are the values of the annotation
	// kubernetes.io/ingress.class that the AWS Load Balancer Controller answers to
	// (its flag --ingress-class). Defaults to [alb].
	IngressClassAnnotations []string `json:"ingressClassAnnotations,omitempty"`

	// DefaultTargetType is the controller's flag --default-target-type: ip or instance.
	// Defaults to instance.
	DefaultTargetType string `json:"defaultTargetType,omitempty"`

	// PreStopAction chooses how a container sleeps: auto (native where the API server
	// knows it), sleep or exec. Defaults to auto.
	PreStopAction string `json:"preStopAction,omitempty"`

	// AssumeExposure says what a new Deployment is taken for that declares a TCP port and
	// that no route leads to yet: service or none. Defaults to service.
	AssumeExposure string `json:"assumeExposure,omitempty"`

	// Warnings says what kubectl prints: changes (with risks), risks or none. Defaults
	// to changes.
	Warnings string `json:"warnings,omitempty"`

	// Repair says how far Deployments are repaired that slipped through.
	Repair Repair `json:"repair,omitempty"`
}

// Repair limits what Rollguard writes by itself. It also needs the right to: see
// ClusterRole rollguard-repair.
type Repair struct {
	// Default holds in namespaces without the annotation rollguard.io/repair: report,
	// strategy or rollout. Defaults to report.
	Default string `json:"default,omitempty"`
	// AtMost is the most that an annotation may ask for. Defaults to rollout.
	AtMost string `json:"atMost,omitempty"`
	// PerMinute is how many Deployments are repaired in one minute, in all namespaces
	// together. Defaults to 10.
	PerMinute int32 `json:"perMinute,omitempty"`
}

// Profile is one set of timings. All fields are needed: one that is left out must not
// pass for zero seconds.
type Profile struct {
	// RequestTimeout is the longest a request may take.
	RequestTimeout *metav1.Duration `json:"requestTimeout"`
	// ShutdownMargin is kept between the end of the last request and SIGKILL.
	ShutdownMargin *metav1.Duration `json:"shutdownMargin"`
	// PropagationDelay is how long new requests may still arrive after a Pod starts to
	// terminate.
	PropagationDelay PropagationDelay `json:"propagationDelay"`
}

// PropagationDelay is the delay for each kind of exposure.
type PropagationDelay struct {
	Service     *metav1.Duration `json:"service"`
	ALBIP       *metav1.Duration `json:"albIP"`
	ALBInstance *metav1.Duration `json:"albInstance"`
	// NLBIP defaults to 2m, as in the profile "standard".
	NLBIP *metav1.Duration `json:"nlbIP,omitempty"`
	// NLBInstance defaults to 25s, as in the profile "standard".
	NLBInstance *metav1.Duration `json:"nlbInstance,omitempty"`
}

// Bounds are upper limits.
type Bounds struct {
	// MaxPreStopSleep defaults to 5m.
	MaxPreStopSleep metav1.Duration `json:"maxPreStopSleep,omitempty"`
	// MaxGracePeriod defaults to 15m.
	MaxGracePeriod metav1.Duration `json:"maxGracePeriod,omitempty"`
	// MaxStartupBudget defaults to 1h.
	MaxStartupBudget metav1.Duration `json:"maxStartupBudget,omitempty"`
	// MaxMinReady defaults to 10m.
	MaxMinReady metav1.Duration `json:"maxMinReady,omitempty"`
}
