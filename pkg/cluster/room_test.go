package cluster

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/rollguard/rollguard/pkg/capacity"
)

func claim(name string, mode corev1.PersistentVolumeAccessMode) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name},
		Spec:       corev1.PersistentVolumeClaimSpec{AccessModes: []corev1.PersistentVolumeAccessMode{mode}},
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func claimsOf(t *testing.T, r *rooms, want map[string]capacity.Sharing) {
	t.Helper()
	if diff := cmp.Diff(want, r.of("shop").Claims); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestClaimsAreKnownAsTheyComeAndGo(t *testing.T) {
	r := newRooms(nil, zap.NewNop())
	claimsOf(t, r, nil)
	must(t, r.claims.Replace([]any{claim("a", corev1.ReadWriteOnce), claim("b", corev1.ReadWriteMany)}, "1"))
	claimsOf(t, r, map[string]capacity.Sharing{"a": capacity.OneNode, "b": capacity.ManyNodes})
	handedOut := r.of("shop").Claims
	must(t, r.claims.Add(claim("c", corev1.ReadWriteOncePod)))
	must(t, r.claims.Update(claim("a", corev1.ReadWriteMany)))
	must(t, r.claims.Delete(claim("b", corev1.ReadWriteMany)))
	claimsOf(t, r, map[string]capacity.Sharing{"a": capacity.ManyNodes, "c": capacity.OnePod})
	if diff := cmp.Diff(map[string]capacity.Sharing{"a": capacity.OneNode, "b": capacity.ManyNodes}, handedOut); diff != "" {
		t.Errorf("what a request holds has changed under it:\n%s", diff)
	}
	must(t, r.claims.Delete(claim("a", "")))
	must(t, r.claims.Delete(claim("c", "")))
	claimsOf(t, r, nil)
	if err := r.claims.Add("a word"); err == nil {
		t.Error("a word passes for a claim")
	}
}

func TestRoomsAreReadyWhenAllWasSeenOrMayNotBe(t *testing.T) {
	r := newRooms(nil, zap.NewNop())
	must(t, r.claims.Replace(nil, "1"))
	if r.ready() {
		t.Error("ready before the quotas were seen")
	}
	if r.quotas.noted(errors.New("connection refused")) == nil || r.ready() {
		t.Error("an API server that does not answer passes for a right that is missing")
	}
	forbidden := apierrors.NewForbidden(schema.GroupResource{Resource: "resourcequotas"}, "", errors.New("no"))
	if r.quotas.noted(forbidden) == nil || !r.ready() {
		t.Error("a right that is missing is waited for")
	}
	if r.quotas.noted(nil) != nil || !r.ready() {
		t.Error("a right that was given takes readiness away")
	}
}

func TestARightThatIsTakenAwayLeavesNothingThatMayBeOutdated(t *testing.T) {
	r := newRooms(nil, zap.NewNop())
	must(t, r.claims.Replace([]any{claim("a", corev1.ReadWriteMany)}, "1"))
	_ = r.claims.noted(apierrors.NewForbidden(schema.GroupResource{}, "", errors.New("no")))
	claimsOf(t, r, nil)
}

func TestNothingButTheModesOfAClaimIsKept(t *testing.T) {
	full := claim("a", corev1.ReadWriteOnce)
	full.Annotations, full.Labels, full.Spec.VolumeName = map[string]string{"a": "b"}, map[string]string{"a": "b"}, "pv-1"
	full.Status.Phase = corev1.ClaimBound
	got, err := strip(full)
	must(t, err)
	if diff := cmp.Diff(claim("a", corev1.ReadWriteOnce), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
