package patch_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/patch"
)

// want reads a value; "" wants the field gone.
func want(value string, keys ...string) patch.Want {
	w := patch.Want{Keys: keys}
	if value != "" {
		w.Value = json.RawMessage(value)
	}
	return w
}

var buildCases = []struct {
	name, doc string
	wants     []patch.Want
	// ops is the patch, "" for none; after is the document that it leads to.
	ops, after string
}{
	{"a want that holds costs nothing", `{"a":{"b":1}}`, []patch.Want{want(`1`, "a", "b")},
		``, `{"a":{"b":1}}`},
	{"the order of keys does not make a difference", `{"a":{"x":1,"y":2}}`, []patch.Want{want(`{"y":2,"x":1}`, "a")},
		``, `{"a":{"x":1,"y":2}}`},
	{"another value is replaced", `{"a":{"b":1}}`, []patch.Want{want(`2`, "a", "b")},
		`[{"op":"replace","path":"/a/b","value":2}]`, `{"a":{"b":2}}`},
	{"a missing member is added", `{"a":{}}`, []patch.Want{want(`2`, "a", "b")},
		`[{"op":"add","path":"/a/b","value":2}]`, `{"a":{"b":2}}`},
	{"missing parents are created with the first value", `{}`, []patch.Want{want(`2`, "a", "b", "c")},
		`[{"op":"add","path":"/a","value":{"b":{"c":2}}}]`, `{"a":{"b":{"c":2}}}`},
	{"the second value finds the parents of the first", `{}`, []patch.Want{want(`1`, "a", "b"), want(`2`, "a", "c")},
		`[{"op":"add","path":"/a","value":{"b":1}},{"op":"add","path":"/a/c","value":2}]`, `{"a":{"b":1,"c":2}}`},
	{"a null parent counts as absent", `{"a":null}`, []patch.Want{want(`2`, "a", "b")},
		`[{"op":"add","path":"/a","value":{"b":2}}]`, `{"a":{"b":2}}`},
	{"a null member is filled", `{"a":{"b":null}}`, []patch.Want{want(`2`, "a", "b")},
		`[{"op":"add","path":"/a/b","value":2}]`, `{"a":{"b":2}}`},
	{"a member of an array's element is reached", `{"l":[{"n":"x"},{"n":"y"}]}`, []patch.Want{want(`2`, "l", "1", "b")},
		`[{"op":"add","path":"/l/1/b","value":2}]`, `{"l":[{"n":"x"},{"n":"y","b":2}]}`},
	{"a member is removed", `{"s":{"t":{"a":1,"b":2}}}`, []patch.Want{want("", "s", "t", "a")},
		`[{"op":"remove","path":"/s/t/a"}]`, `{"s":{"t":{"b":2}}}`},
	{"a removal that leaves nothing takes the parent along", `{"s":[{"n":"x","l":{"p":1}}]}`, []patch.Want{want("", "s", "0", "l", "p")},
		`[{"op":"remove","path":"/s/0/l"}]`, `{"s":[{"n":"x"}]}`},
	{"the annotations go with the last of them", `{"metadata":{"annotations":{"k":"v"}}}`, []patch.Want{want("", "metadata", "annotations", "k")},
		`[{"op":"remove","path":"/metadata/annotations"}]`, `{"metadata":{}}`},
	{"a top-level object stays when its last member goes", `{"spec":{"minReadySeconds":1}}`, []patch.Want{want("", "spec", "minReadySeconds")},
		`[{"op":"remove","path":"/spec/minReadySeconds"}]`, `{"spec":{}}`},
	{"the removal of what is not there costs nothing", `{"a":{}}`, []patch.Want{want("", "a", "b"), want("", "c", "d", "e")},
		``, `{"a":{}}`},
	{"the removal of a null costs nothing", `{"a":{"b":null}}`, []patch.Want{want("", "a", "b")},
		``, `{"a":{"b":null}}`},
	{"slashes and tildes in keys are escaped", `{"m":{"x~y/z":1}}`, []patch.Want{want(`2`, "m", "x~y/z"), want(`3`, "m", "~1/~0")},
		`[{"op":"replace","path":"/m/x~0y~1z","value":2},{"op":"add","path":"/m/~01~1~00","value":3}]`, `{"m":{"x~y/z":2,"~1/~0":3}}`},
	{"quotes in created keys are escaped", `{}`, []patch.Want{want(`1`, "a", `b"c`)},
		`[{"op":"add","path":"/a","value":{"b\"c":1}}]`, `{"a":{"b\"c":1}}`},
	{"false, zero and the empty string are values", `{}`, []patch.Want{want(`false`, "a"), want(`0`, "b"), want(`""`, "c")},
		`[{"op":"add","path":"/a","value":false},{"op":"add","path":"/b","value":0},{"op":"add","path":"/c","value":""}]`, `{"a":false,"b":0,"c":""}`},
}

func TestBuildLeadsToWhatIsWanted(t *testing.T) {
	for _, tc := range buildCases {
		t.Run(tc.name, func(t *testing.T) {
			doc := fastjson.MustParse(tc.doc)
			ops, err := patch.Build(doc, tc.wants)
			if err != nil {
				t.Fatal(err)
			}
			var text []byte
			if len(ops) > 0 {
				if text, err = patch.Marshal(ops); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(tc.ops, string(text)); diff != "" {
				t.Errorf("operations, -want +got:\n%s", diff)
			}
			if diff := cmp.Diff(decoded(t, []byte(tc.after)), decoded(t, doc.MarshalTo(nil))); diff != "" {
				t.Errorf("document, -want +got:\n%s", diff)
			}
		})
	}
}

func TestBuildRefusesWhatCannotBeReached(t *testing.T) {
	for _, tc := range []struct {
		name, doc string
		want      patch.Want
	}{
		{"a member of a number", `{"a":1}`, want(`2`, "a", "b")},
		{"an element beyond the array", `{"l":[{}]}`, want(`2`, "l", "1")},
		{"a member of an element beyond the array", `{"l":[{}]}`, want(`2`, "l", "1", "b")},
		{"an element of an array", `{"l":[1]}`, want(`2`, "l", "0")},
		{"a value that is no JSON", `{"a":1}`, want(`{`, "a")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ops, err := patch.Build(fastjson.MustParse(tc.doc), []patch.Want{tc.want})
			if err == nil {
				t.Errorf("no error, operations %+v", ops)
			}
		})
	}
}

func decoded(t testing.TB, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}
