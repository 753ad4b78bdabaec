package bench

import (
	"context"
	"fmt"
	"net/http"

	"github.com/go-logr/zapr"
	"go.uber.org/zap"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	rollguard "github.com/rollguard/rollguard/pkg/admission"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
)

// The handlers that are compared.
const (
	NoOp      = "no-op"
	Rollguard = "rollguard"
	Defaulter = "defaulter"
)

// noop is the least that a webhook on controller-runtime does.
func noop() (http.Handler, error) {
	return standalone(&admission.Webhook{Handler: admission.HandlerFunc(
		func(context.Context, admission.Request) admission.Response { return admission.Allowed("") })})
}

// ours is Rollguard's handler as the binary runs it, in a constant cluster.
func ours() http.Handler {
	return &rollguard.Handler{
		Cluster:  newCluster(),
		Decider:  decision.NewMaker(api.NewResolver(nil, api.Bounds{})),
		Recorder: silent{},
		Log:      zap.NewNop(),
		Warnings: rollguard.WarnChanges,
		Gate:     rollguard.NewGate(89 << 20), // of the manifest's memory limit
	}
}

// typed is the usual way to write a mutating webhook: decode, change, let
// controller-runtime find the difference.
func typed(want *appsv1.Deployment) (http.Handler, error) {
	scheme := runtime.NewScheme()
	if err := appsv1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("scheme: %w", err)
	}
	return standalone(admission.WithDefaulter(scheme, &defaulter{want: want}))
}

// standalone gives the webhook a logger, so that none waits for the global one.
func standalone(hook *admission.Webhook) (http.Handler, error) {
	return admission.StandaloneWebhook(hook, admission.StandaloneOptions{Logger: zapr.NewLogger(zap.NewNop())})
}
