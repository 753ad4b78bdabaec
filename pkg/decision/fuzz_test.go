package decision_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/patch"
)

func FuzzAnyObjectIsDecidedOrRefused(f *testing.F) {
	f.Add([]byte(bare), []byte(nil), true)
	f.Add([]byte(bare), []byte(bare), false)
	f.Add([]byte(`{}`), []byte(`{}`), true)
	f.Add([]byte(`{"spec":null}`), []byte(nil), true)
	f.Add([]byte(`{"metadata":{"annotations":null},"spec":{"strategy":{"rollingUpdate":null},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app","lifecycle":null}]}}}}`), []byte(nil), true)
	for number := range uint64(4) {
		request := newGenerator(7, number).request()
		f.Add(request.New, []byte(nil), number%2 == 0)
	}
	m, graph := maker(), behind("ip")
	f.Fuzz(func(t *testing.T, current, old []byte, native bool) {
		d, err := write{New: current, Old: old, Graph: graph, NativeSleep: native}.make(m)
		if err != nil {
			return
		}
		doc, err := fastjson.ParseBytes(current)
		if err != nil {
			t.Fatalf("what was decided about is no JSON: %v", err)
		}
		if err := patch.Apply(doc, d.Patch); err != nil {
			t.Fatalf("the patch does not apply: %v", err)
		}
		// The API server's own library, on an object without keys that stand twice.
		var plain any
		if json.Unmarshal(current, &plain) != nil {
			return
		}
		canonical, err := json.Marshal(plain)
		if err != nil {
			return
		}
		d, err = write{New: canonical, Old: old, Graph: graph, NativeSleep: native}.make(m)
		if err == nil {
			applied(t, canonical, d.Patch)
		}
	})
}

// FuzzGeneratedDeploymentsKeepEveryPromise checks each property of the decision on
// Deployments that the fuzzer composes. Kubernetes' own validation (pkg/apis/apps/validation)
// is in no module that can be imported here: resultIsValid states the rules of it that the
// closed set of fields can break. Where a real API server validates, random sequences of
// writes are tried in test/apiserver.
func FuzzGeneratedDeploymentsKeepEveryPromise(f *testing.F) {
	for seed := range byte(8) {
		recipe := make([]byte, 200)
		for i := range recipe {
			recipe[i] = byte(i+1) * (2*seed + 37)
		}
		f.Add(recipe)
	}
	checks := []func(*testing.T, generator, write){
		onePassSettles, parsedIsDecidedAlike, noRolloutStarts, closedSetIsKept, authorsFieldsAreKept, resultIsValid,
	}
	f.Fuzz(func(t *testing.T, recipe []byte) {
		for _, check := range checks {
			g := generator{rand.New(&choices{recipe})}
			check(t, g, g.request())
		}
	})
}
