package patch_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/patch"
)

func TestApplyNamesTheOperationThatDoesNotApply(t *testing.T) {
	op := func(kind, path, value string) patch.Operation {
		return patch.Operation{Op: kind, Path: path, Value: json.RawMessage(value)}
	}
	good := op(patch.Add, "/ok", `1`)
	for _, tc := range []struct {
		name   string
		op     patch.Operation
		reason string
	}{
		{"add below a missing parent", op(patch.Add, "/a/b", `1`), `operation 1, add /a/b: parent "a" does not exist`},
		{"add below a number", op(patch.Add, "/n/b", `1`), "member of a JSON number"},
		{"add a value that is no JSON", op(patch.Add, "/a", `{`), "value:"},
		{"add without a value", op(patch.Add, "/a", ``), "value:"},
		{"replace what is not there", op(patch.Replace, "/a", `1`), `member "a" does not exist`},
		{"remove what is not there", op(patch.Remove, "/a", ``), `member "a" does not exist`},
		{"an array index with a leading zero", op(patch.Add, "/l/00/b", `1`), "is not an array index"},
		{"an array index with a sign", op(patch.Add, "/l/+0/b", `1`), "is not an array index"},
		{"the end of an array", op(patch.Add, "/l/-/b", `1`), "is not an array index"},
		{"an array index beyond the end", op(patch.Add, "/l/1/b", `1`), `parent "1" does not exist`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := patch.Apply(fastjson.MustParse(`{"n":1,"l":[{}]}`), []patch.Operation{good, tc.op})
			if err == nil || !strings.Contains(err.Error(), tc.reason) || !strings.HasPrefix(err.Error(), "operation 1, ") {
				t.Errorf("error %v lacks %q", err, tc.reason)
			}
		})
	}
}

func TestApplyRefusesOperationsThatBuildNeverEmits(t *testing.T) {
	for _, op := range []patch.Operation{
		{Op: "move", Path: "/n"},
		{Op: "test", Path: "/n", Value: json.RawMessage(`1`)},
		{Op: patch.Replace, Path: "", Value: json.RawMessage(`{}`)},
		{Op: patch.Add, Path: "/l/0", Value: json.RawMessage(`{}`)},
	} {
		err := patch.Apply(fastjson.MustParse(`{"n":1,"l":[{}]}`), []patch.Operation{op})
		if !errors.Is(err, patch.ErrUnsupported) {
			t.Errorf("%s %q: error %v", op.Op, op.Path, err)
		}
	}
}

func TestAPointerGivesItsKeysBack(t *testing.T) {
	for _, keys := range [][]string{
		nil, {"a"}, {"a", "b"}, {"metadata", "annotations", "rollguard.io/injected"},
		{"~"}, {"/"}, {"~1"}, {"~0", "/~/"}, {""}, {"a", "", "b"},
	} {
		got := patch.Keys(patch.Pointer(keys))
		if strings.Join(got, "\x00") != strings.Join(keys, "\x00") || len(got) != len(keys) {
			t.Errorf("%q became %q by way of %q", keys, got, patch.Pointer(keys))
		}
	}
}
