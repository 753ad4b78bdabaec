package selfsigned

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
)

// fieldManager names us in managedFields.
const fieldManager = "rollguard-webhook-certs"

// apiServer is the cluster behind a real API server.
//
// It reads past any cache and writes by patches that carry the resourceVersion: an
// API server answers 409 Conflict when the object has moved on. A patch leaves
// fields alone that this client does not know; an update would drop them.
type apiServer struct {
	secrets           coreclient.SecretInterface
	configurations    admissionclient.MutatingWebhookConfigurationInterface
	namespace, secret string
	configuration     string

	// labels and annotations are those of the Secret when it was last read. A Secret
	// that comes back gets them again: by them Helm and GitOps tools know what is
	// theirs, and Helm 4 does not uninstall what is not (pkg/action/uninstall.go).
	labels, annotations map[string]string
}

// about names the Secret or the configuration in an error, and marks lost races.
func (a *apiServer) about(verb, object string, err error) error {
	raced := apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err) || (verb == "patch" && apierrors.IsNotFound(err))
	if raced {
		return fmt.Errorf("%s %s: %w: %w", verb, object, errRaced, err)
	}
	return fmt.Errorf("%s %s: %w", verb, object, err)
}

func (a *apiServer) secretName() string { return "secret " + a.namespace + "/" + a.secret }

func (a *apiServer) configurationName() string {
	return "mutatingwebhookconfiguration " + a.configuration
}

func (a *apiServer) readSecret(ctx context.Context) (secret, error) {
	found, err := a.secrets.Get(ctx, a.secret, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return secret{}, nil
	}
	if err != nil {
		return secret{}, a.about("get", a.secretName(), err)
	}
	a.labels, a.annotations = found.Labels, found.Annotations
	return secret{version: found.ResourceVersion, data: found.Data}, nil
}

func (a *apiServer) writeSecret(ctx context.Context, version string, data map[string][]byte) (secret, error) {
	if version == "" {
		return a.createSecret(ctx, data)
	}
	// encoding/json writes []byte as base64 and nil as null, which is what a
	// merge patch of a Secret wants.
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"resourceVersion": version},
		"data":     data,
	})
	if err != nil {
		return secret{}, a.about("patch", a.secretName(), err)
	}
	written, err := a.secrets.Patch(ctx, a.secret, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: fieldManager})
	if err != nil {
		return secret{}, a.about("patch", a.secretName(), err)
	}
	return secret{version: written.ResourceVersion, data: written.Data}, nil
}

func (a *apiServer) createSecret(ctx context.Context, data map[string][]byte) (secret, error) {
	data = maps.Clone(data)
	maps.DeleteFunc(data, func(_ string, value []byte) bool { return value == nil })
	labels := a.labels
	if labels == nil {
		labels = map[string]string{"app.kubernetes.io/managed-by": fieldManager}
	}
	written, err := a.secrets.Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name:        a.secret,
			Namespace:   a.namespace,
			Labels:      labels,
			Annotations: a.annotations,
		},
		Type: corev1.SecretTypeOpaque,
		Data: data,
	}, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil {
		return secret{}, a.about("create", a.secretName(), err)
	}
	return secret{version: written.ResourceVersion, data: written.Data}, nil
}

func (a *apiServer) readConfiguration(ctx context.Context) (configuration, error) {
	found, err := a.configurations.Get(ctx, a.configuration, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return configuration{known: true}, nil
	}
	if err != nil {
		return configuration{}, a.about("get", a.configurationName(), err)
	}
	out := configuration{known: true, version: found.ResourceVersion}
	for _, webhook := range found.Webhooks {
		out.hooks = append(out.hooks, hook{name: webhook.Name, bundle: webhook.ClientConfig.CABundle})
	}
	return out, nil
}

func (a *apiServer) writeBundles(ctx context.Context, version string, hooks []hook) error {
	patch, err := bundlePatch(version, hooks)
	if err != nil {
		return a.about("patch", a.configurationName(), err)
	}
	_, err = a.configurations.Patch(ctx, a.configuration, types.StrategicMergePatchType, patch, metav1.PatchOptions{FieldManager: fieldManager})
	if err != nil {
		return a.about("patch", a.configurationName()+" webhooks[*].clientConfig.caBundle", err)
	}
	return nil
}

// bundlePatch returns a strategic merge patch. The list of webhooks is merged by
// name (patchMergeKey in k8s.io/api/admissionregistration/v1), so that webhooks and
// fields that are not in the patch stay as they are.
func bundlePatch(version string, hooks []hook) ([]byte, error) {
	webhooks := make([]any, 0, len(hooks))
	for _, h := range hooks {
		webhooks = append(webhooks, map[string]any{
			"name":         h.name,
			"clientConfig": map[string]any{"caBundle": h.bundle},
		})
	}
	return json.Marshal(map[string]any{
		"apiVersion": admissionv1.SchemeGroupVersion.String(),
		"kind":       "MutatingWebhookConfiguration",
		"metadata":   map[string]any{"resourceVersion": version},
		"webhooks":   webhooks,
	})
}
