package patch_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"

	"github.com/rollguard/rollguard/pkg/patch"
)

// documents are random JSON objects: few keys, so that wants often meet something.
type documents struct{ *rand.Rand }

var keys = []string{"a", "b", "c~d", "e/f", "", "0"}

func (r documents) key() string { return keys[r.IntN(len(keys))] }

func (r documents) value(depth int) any {
	switch n := r.IntN(8); {
	case n < 4 && depth > 0:
		return r.object(depth - 1)
	case n == 4 && depth > 0:
		return []any{r.object(depth - 1), r.object(depth - 1)}
	case n == 5:
		return nil
	case n == 6:
		return "text \"<&>\u2028\u00e9"
	}
	return r.IntN(3)
}

func (r documents) object(depth int) map[string]any {
	out := map[string]any{}
	for range r.IntN(4) {
		out[r.key()] = r.value(depth)
	}
	return out
}

func (r documents) wants() []patch.Want {
	out := make([]patch.Want, 1+r.IntN(4))
	for i := range out {
		for range 1 + r.IntN(4) {
			out[i].Keys = append(out[i].Keys, r.key())
		}
		// A wanted null would be neither a value nor a removal.
		if v := r.value(2); v != nil && r.IntN(3) > 0 {
			out[i].Value, _ = json.Marshal(v)
		}
	}
	return out
}

func TestTheLibraryOfTheAPIServerComesToTheSameResult(t *testing.T) {
	const seed, rounds = 1, 5_000
	r := documents{rand.New(rand.NewPCG(seed, 0))}
	built := 0
	for i := range rounds {
		text, _ := json.Marshal(r.object(4))
		wants := r.wants()
		doc := fastjson.MustParseBytes(text)
		ops, err := patch.Build(doc, wants)
		if err != nil || len(ops) == 0 {
			continue
		}
		built++
		proof := fastjson.MustParseBytes(text)
		if err := patch.Apply(proof, ops); err != nil {
			t.Fatalf("seed %d, round %d: our own patch does not apply: %v\n%s\n%+v", seed, i, err, text, ops)
		}
		theirs := applied(t, text, ops)
		for who, ours := range map[string]*fastjson.Value{"Build": doc, "Apply": proof} {
			if diff := cmp.Diff(decoded(t, theirs), decoded(t, ours.MarshalTo(nil))); diff != "" {
				t.Fatalf("seed %d, round %d, %s differs:\n%s\ndocument %s\noperations %s", seed, i, who, diff, text, describe(ops))
			}
		}
		if again, err := patch.Build(proof, wants); err == nil && len(wants) == 1 && len(again) > 0 {
			t.Fatalf("seed %d, round %d: a second pass has operations: %s\ndocument %s\nwant %+v", seed, i, describe(again), text, wants)
		}
	}
	if built < rounds/4 {
		t.Errorf("only %d of %d rounds made a patch", built, rounds)
	}
}

func TestMemoryThatIsUsedAgainComesToTheSameResult(t *testing.T) {
	r := documents{rand.New(rand.NewPCG(2, 0))}
	var built, proven patch.Scratch
	for i := range 2_000 {
		text, _ := json.Marshal(r.object(4))
		wants := r.wants()
		want, wantErr := patch.Build(fastjson.MustParseBytes(text), wants)
		got, err := built.Build(fastjson.MustParseBytes(text), wants)
		if describe(want) != describe(got) || (err == nil) != (wantErr == nil) {
			t.Fatalf("round %d: %s, error %v, want %s, error %v", i, describe(got), err, describe(want), wantErr)
		}
		if err != nil {
			continue
		}
		doc := fastjson.MustParseBytes(text)
		if err := proven.Apply(doc, got); err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		if diff := cmp.Diff(decoded(t, applied(t, text, want)), decoded(t, doc.MarshalTo(nil))); diff != "" {
			t.Fatalf("round %d, -want +got:\n%s", i, diff)
		}
	}
}

func TestEveryBuiltCaseAppliesInTheLibraryOfTheAPIServer(t *testing.T) {
	for _, tc := range buildCases {
		t.Run(tc.name, func(t *testing.T) {
			ops, err := patch.Build(fastjson.MustParse(tc.doc), tc.wants)
			if err != nil {
				t.Fatal(err)
			}
			got := applied(t, []byte(tc.doc), ops)
			if diff := cmp.Diff(decoded(t, []byte(tc.after)), decoded(t, got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// applied runs the operations through the library that the API server uses
// (apiserver pkg/admission/plugin/webhook/mutating/dispatcher.go).
func applied(t testing.TB, doc []byte, ops []patch.Operation) []byte {
	t.Helper()
	if len(ops) == 0 {
		return doc
	}
	text, err := patch.Marshal(ops)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := jsonpatch.DecodePatch(text)
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	out, err := theirs.Apply(doc)
	if err != nil {
		t.Fatalf("%v\ndocument %s\noperations %s", err, doc, text)
	}
	return out
}

func describe(ops []patch.Operation) string {
	text, err := patch.Marshal(ops)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(text)
}
