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

// Target is a Deployment as it was read.
type Target struct{ Namespace, Name, ResourceVersion string }

// Patch changes a Deployment, unless somebody has changed it since it was read.
func (c *Cluster) Patch(ctx context.Context, t Target, ops []patch.Operation) error {
	version, err := json.Marshal(t.ResourceVersion)
	if err != nil {
		return err
	}
	guard := patch.Operation{Op: "test", Path: "/metadata/resourceVersion", Value: version}
	body, err := patch.Marshal(append([]patch.Operation{guard}, ops...))
	if err != nil {
		return err
	}
	_, err = c.clients.AppsV1().Deployments(t.Namespace).Patch(ctx, t.Name, types.JSONPatchType, body, metav1.PatchOptions{FieldManager: "rollguard"})
	if apierrors.IsInvalid(err) || apierrors.IsConflict(err) {
		return fmt.Errorf("somebody changed it meanwhile, so nothing was removed; run the command again: %w", err)
	}
	return err
}
