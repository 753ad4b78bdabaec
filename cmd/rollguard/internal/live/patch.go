package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollguard/rollguard/pkg/patch"
)

// Target is a Deployment as it was read.
type Target struct{ Namespace, Name, ResourceVersion string }

// ErrMayNot says that the right to change Deployments of a namespace is missing.
var ErrMayNot = errors.New("the right to patch Deployments is missing")

// Patch changes a Deployment, unless somebody has changed it since it was read, and returns
// it as it was stored: admission has a word in that too. The error is [ErrMayNot] where who
// asks has no right to.
func (c *Cluster) Patch(ctx context.Context, t Target, ops []patch.Operation) ([]byte, error) {
	version, err := json.Marshal(t.ResourceVersion)
	if err != nil {
		return nil, err
	}
	guard := patch.Operation{Op: "test", Path: "/metadata/resourceVersion", Value: version}
	body, err := patch.Marshal(append([]patch.Operation{guard}, ops...))
	if err != nil {
		return nil, err
	}
	stored, err := c.clients.AppsV1().Deployments(t.Namespace).Patch(ctx, t.Name, types.JSONPatchType, body, metav1.PatchOptions{FieldManager: "rollguard"})
	if apierrors.IsInvalid(err) || apierrors.IsConflict(err) {
		return nil, fmt.Errorf("somebody changed it meanwhile, so nothing was removed; run the command again: %w", err)
	}
	if lacksRight(err) {
		return nil, fmt.Errorf("%w: %w", ErrMayNot, err)
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(stored)
}

// lacksRight tells a right that is missing from a write that a webhook or a policy refuses,
// by the words of the API server (apiserver pkg/endpoints/handlers/responsewriters,
// forbiddenMessage): both are "forbidden".
func lacksRight(err error) bool {
	return apierrors.IsForbidden(err) && strings.Contains(err.Error(), "cannot patch resource")
}
