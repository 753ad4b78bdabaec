package live

import (
	"context"
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollguard/rollguard/pkg/patch"
)

// Patch changes a Deployment, unless somebody has changed it since it was read.
func (c *Cluster) Patch(ctx context.Context, namespace, name, resourceVersion string, ops []patch.Operation) error {
	version, err := json.Marshal(resourceVersion)
	if err != nil {
		return err
	}
	guard := patch.Operation{Op: "test", Path: "/metadata/resourceVersion", Value: version}
	body, err := patch.Marshal(append([]patch.Operation{guard}, ops...))
	if err != nil {
		return err
	}
	_, err = c.clients.AppsV1().Deployments(namespace).Patch(ctx, name, types.JSONPatchType, body, metav1.PatchOptions{FieldManager: "rollguard"})
	if apierrors.IsInvalid(err) || apierrors.IsConflict(err) {
		return fmt.Errorf("somebody changed it meanwhile, so nothing was removed; run the command again: %w", err)
	}
	return err
}
