package pods

import (
	"testing"
	"time"
)

// mode is one way by which Rollguard gets its certificate.
type mode struct {
	name string
	// install installs the chart, with flags for Helm.
	install func(t *testing.T, flags ...string)
	// renew has the certificate renewed, in each way that users have.
	renew func(t *testing.T)
	// full adds what one mode is enough for: the chart's own times when replicas are
	// replaced, the Pods of the example, the off switch.
	full bool
}

func modes() []mode {
	return []mode{
		{"self-signed", installSelfSigned, renewSelfSigned, true},
		{"cert-manager", installCertManager, renewCertManager, false},
		{"files", installFiles, renewFiles, false},
	}
}

// What an installation goes through from the first day to the last. failurePolicy is
// Fail, so that no call that fails is hidden.
func TestTheChartRunsAsPodsInEachCertificateMode(t *testing.T) {
	startCertManager(t)
	for _, m := range modes() {
		t.Run(m.name, func(t *testing.T) {
			defer afterFailure(t)
			live(t, m)
		})
	}
}

// afterFailure tells what Rollguard said, and makes room for the next test.
func afterFailure(t *testing.T) {
	t.Helper()
	if !t.Failed() {
		return
	}
	t.Log(logs(t))
	// The off switch goes first: the rest may be in any state.
	out, err := try(t, folder(t), `kubectl delete mutatingwebhookconfiguration --ignore-not-found rollguard
helm uninstall --ignore-not-found rollguard --namespace rollguard
kubectl delete --ignore-not-found -f deploy/examples/shop
kubectl delete namespace --ignore-not-found rollguard rollguard-probe`)
	t.Logf("cleared: %v: %s", err, out)
}

func live(t *testing.T, m mode) {
	clock := time.Now()
	lap := func(what string) {
		t.Logf("%s after %.1f s", what, time.Since(clock).Seconds())
		clock = time.Now()
	}
	before := inventory(t)
	if m.full {
		lookFirst(t)
	}
	restrictedNamespace(t)
	flags := []string{strict}
	if !m.full {
		flags = append(flags, brief)
	}
	m.install(t, flags...)
	t.Log(ready(t))
	lap("ready")
	checkConfinement(t)
	if m.full {
		firstRollout(t)
		lap("the first rollout is over")
		whereToLook(t)
	}

	checkExample(t, applyExample(t))
	if !m.full {
		endExample(t)
	}
	writing := startWrites(t)
	replaceReplicas(t, brief)
	writing.end("both replicas replaced")
	lap("replicas are replaced")
	if m.full {
		exampleRuns(t)
		endExample(t)
		lap("the example's Pods run")
	}

	writing = startWrites(t)
	m.renew(t)
	writing.end("certificate renewed")
	lap("certificates are renewed")
	if err := complaints(t); err != nil {
		t.Error(err)
	}
	if m.full {
		switchOff(t)
		lap("off and on again")
	}

	ready(t)
	endExample(t)
	deleteExample(t)
	do(t, guide(t, "uninstall.md", "helm uninstall"))
	lap("uninstalled")
	nothingLeft(t, before)
	lap("nothing is left")
}
