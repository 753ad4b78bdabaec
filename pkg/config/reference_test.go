package config_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
)

func reference(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/reference/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// paths are all fields of a type, as they stand in a file.
func paths(kind reflect.Type, prefix string) []string {
	var out []string
	for i := range kind.NumField() {
		field := kind.Field(i)
		inner := field.Type
		if field.Anonymous {
			out = append(out, paths(inner, prefix)...)
			continue
		}
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		key = prefix + key
		out = append(out, key)
		if inner.Kind() == reflect.Map {
			inner, key = inner.Elem(), key+".NAME"
		}
		if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[metav1.Duration]() {
			out = append(out, paths(inner, key+".")...)
		}
	}
	return out
}

func TestTheReferenceHasARowForEveryFieldAndForNoOther(t *testing.T) {
	rows := map[string]bool{}
	for line := range strings.Lines(reference(t)) {
		if cells := strings.Split(line, " | "); len(cells) > 1 && strings.HasPrefix(line, "| `") {
			rows[strings.Trim(cells[0], "| `")] = true
			if len(cells) != 5 && !strings.HasSuffix(strings.TrimSpace(line), "| |") {
				t.Errorf("a row of %d cells: %s", len(cells), line)
			}
		}
	}
	fields := paths(reflect.TypeFor[v1alpha1.WebhookConfiguration](), "")
	if len(fields) < 20 {
		t.Fatalf("only %d fields: %q", len(fields), fields)
	}
	for _, field := range fields {
		if !rows[field] {
			t.Errorf("field %s has no row in the reference", field)
		}
		delete(rows, field)
	}
	for row := range rows {
		t.Errorf("the reference has a row for %s, which is no field", row)
	}
}

func TestTheExampleOfTheReferenceIsAGoodFile(t *testing.T) {
	_, rest, _ := strings.Cut(reference(t), "```yaml\n")
	text, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("there is no example")
	}
	c, err := config.Parse([]byte(text))
	if err != nil || c.Profiles["uploads"].RequestTimeout == nil {
		t.Errorf("configuration %+v, error %v", c, err)
	}
}
