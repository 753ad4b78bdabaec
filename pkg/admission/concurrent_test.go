package admission_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/types"
)

// caller is one of many: its reviews differ from all others in uid, name, container,
// port and length.
type caller int

func (c caller) review(t *testing.T) string {
	t.Helper()
	object := strings.NewReplacer(
		`"name":"web"`, fmt.Sprintf(`"name":"web-%d","annotations":{"note":%q}`, c, strings.Repeat("x", int(c)*300)),
		`"name":"app"`, fmt.Sprintf(`"name":"app-%d"`, c),
		`8080`, fmt.Sprint(8000+int(c)),
	).Replace(bare)
	return review(t, func(r *admissionv1.AdmissionRequest) {
		r.UID, r.Object.Raw = types.UID(fmt.Sprintf("uid-%d", c)), []byte(object)
	})
}

func TestManyAtOnceGetTheirOwnAnswers(t *testing.T) {
	const callers, rounds = 16, 40
	h, counted := newHandler(shop())
	bodies, want := make([]string, callers), make([]*admissionv1.AdmissionResponse, callers)
	for c := range bodies {
		bodies[c] = caller(c).review(t)
		alone, _ := newHandler(shop())
		want[c] = answer(t, alone, bodies[c])
		own := fmt.Sprintf("containers[app-%d].", c)
		if len(want[c].Patch) == 0 || !strings.Contains(want[c].AuditAnnotations["changes"], own) || want[c].UID != types.UID(fmt.Sprintf("uid-%d", c)) {
			t.Fatalf("caller %d alone gets %+v", c, want[c])
		}
	}
	var wait sync.WaitGroup
	for c := range callers {
		wait.Go(func() {
			for round := range rounds {
				if (c+round)%7 == 0 { // what is refused uses the same memory
					if w := post(t, h, bodies[c][:len(bodies[c])-1]); w.Code != http.StatusBadRequest {
						t.Errorf("caller %d: status %d", c, w.Code)
					}
				}
				w := post(t, h, bodies[c])
				if diff := cmp.Diff(want[c], response(t, w.Body.Bytes())); diff != "" {
					t.Errorf("caller %d: -alone +among others:\n%s", c, diff)
					return
				}
			}
		})
	}
	wait.Wait()
	if len(counted.admissions) != callers*rounds || len(counted.errors) > 0 {
		t.Errorf("%d admissions, errors %s", len(counted.admissions), counted.errors)
	}
}

func TestAShortReviewAfterALongOneHasNothingOfIt(t *testing.T) {
	h, _ := newHandler(shop())
	fresh, _ := newHandler(shop())
	short := caller(1).review(t)
	want := answer(t, fresh, short)
	for range 3 {
		answer(t, h, caller(3000).review(t))
		if diff := cmp.Diff(want, answer(t, h, short)); diff != "" {
			t.Errorf("-alone +after a long one:\n%s", diff)
		}
	}
}
