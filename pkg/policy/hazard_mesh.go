package policy

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rollguard/rollguard/pkg/workload"
)

const (
	istioInject    = "sidecar.istio.io/inject" // label, once an annotation
	istioNative    = "sidecar.istio.io/nativeSidecar"
	istioConfig    = "proxy.istio.io/config"
	istioDrainTime = 5 * time.Second // terminationDrainDuration

	linkerdInject = "linkerd.io/inject"
	linkerdWait   = "config.alpha.linkerd.io/proxy-wait-before-exit-seconds"
	linkerdNative = "proxy-enable-native-sidecar" // below config.linkerd.io/ and older prefixes
)

// meshStopsFirst: the proxy of a mesh is added to the Pods, where we never see it. As an
// ordinary container it gets SIGTERM while the application still sleeps, and
// refuses requests or exits. As a native sidecar (the default since Istio 1.27 on
// Kubernetes 1.33, and Linkerd 2.20) it outlives the application. Which one it will be
// is known only where the template says so.
func meshStopsFirst(e *evaluation) {
	t := &e.author.Template
	switch {
	case istioInjects(t):
		istioStops(e, t)
	case linkerdInjects(t):
		linkerdStops(e, t)
	}
}

func istioInjects(t *workload.Template) bool {
	value, ok := t.Labels[istioInject]
	if !ok {
		value = t.Annotations[istioInject]
	}
	return value == "true" && t.Container("istio-proxy") == nil
}

func linkerdInjects(t *workload.Template) bool {
	value := t.Annotations[linkerdInject]
	return (value == "enabled" || value == "ingress") && t.Container("linkerd-proxy") == nil
}

// proxy is what a template says about the proxy that a mesh will add.
type proxy struct {
	mesh string
	// nativeSince is the version from which a native sidecar is the default.
	nativeSince string
	// lives is how long it serves after SIGTERM.
	lives time.Duration
	// key and value are the annotation that makes it outlive the application.
	key, value string
	// classic is set when the template makes it an ordinary container.
	classic bool
}

func istioStops(e *evaluation, t *workload.Template) {
	native := t.Annotations[istioNative]
	if native == "true" {
		return
	}
	e.judge(&proxy{
		mesh: "Istio", nativeSince: "1.27", lives: istioDrain(t.Annotations[istioConfig]),
		key: istioNative, value: "true", classic: native != "",
	})
}

func (e *evaluation) judge(p *proxy) {
	sleep := e.longestSleep()
	switch {
	case p.lives >= sleep:
	case p.classic:
		e.find(AtRisk, MeshStopsFirst, "", fmt.Sprintf("the %s proxy stops serving %s after a Pod is told to stop, and the application only after %s: annotate the Pod template with %s: %q", p.mesh, p.lives, sleep, p.key, p.value))
	default:
		e.find(Skipped, MeshMayStopFirst, "", fmt.Sprintf("if the %s proxy is older than %s, it stops serving before the application, which sleeps %s: upgrade, or annotate the Pod template with %s: %q", p.mesh, p.nativeSince, sleep, p.key, p.value))
	}
}

// istioDrain is how long an Istio proxy outlives SIGTERM (Istio pkg/envoy/agent.go). One
// that waits for its last connection counts as waiting long enough.
func istioDrain(config string) time.Duration {
	if after(config, "EXIT_ON_ZERO_ACTIVE_CONNECTIONS") == "true" {
		return time.Hour
	}
	if d, err := time.ParseDuration(after(config, "terminationDrainDuration")); err == nil {
		return d
	}
	return istioDrainTime
}

// after is the word that follows a key in YAML or JSON.
func after(text, key string) string {
	_, rest, ok := strings.Cut(text, key)
	if !ok {
		return ""
	}
	const around = " \t\"':"
	rest = strings.TrimLeft(rest, around)
	if end := strings.IndexAny(rest, around+",}\r\n"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// linkerdStops: wait-before-exit is a preStop sleep of the proxy, and cannot be combined
// with a native sidecar (linkerd2 issue 12164), so it tells that the proxy is none.
// shutdown-grace-period is no help: it lets running requests end and takes no new ones.
func linkerdStops(e *evaluation, t *workload.Template) {
	native, key := linkerdIsNative(t)
	if native == "true" {
		return
	}
	p := proxy{mesh: "Linkerd", nativeSince: "2.20", key: key, value: "true", classic: native != ""}
	if seconds, err := strconv.ParseUint(t.Annotations[linkerdWait], 10, 31); err == nil && seconds > 0 {
		p.lives, p.classic = time.Duration(seconds)*time.Second, true
		p.key, p.value = linkerdWait, strconv.Itoa(int(e.longestSleep()/time.Second))
	}
	e.judge(&p)
}

func linkerdIsNative(t *workload.Template) (value, key string) {
	for _, prefix := range [...]string{"config.linkerd.io/", "config.beta.linkerd.io/", "config.alpha.linkerd.io/"} {
		if value, ok := t.Annotations[prefix+linkerdNative]; ok {
			return value, prefix + linkerdNative
		}
	}
	return "", "config.linkerd.io/" + linkerdNative
}
