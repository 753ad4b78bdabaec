package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
)

const header = "apiVersion: rollguard.io/v1alpha1\nkind: WebhookConfiguration\n"

// golden is testdata/defaults.yaml as it stands there: nothing is filled in.
func golden(t *testing.T) *v1alpha1.WebhookConfiguration {
	t.Helper()
	c := new(v1alpha1.WebhookConfiguration)
	if err := yaml.UnmarshalStrict(goldenText(t), c); err != nil {
		t.Fatal(err)
	}
	return c
}

func goldenText(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/defaults.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func parse(t *testing.T, text string) *v1alpha1.WebhookConfiguration {
	t.Helper()
	c, err := config.Parse([]byte(header + text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheDefaultsAreThoseOfTheGoldenFile(t *testing.T) {
	if diff := cmp.Diff(golden(t), parse(t, ""), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-golden +got:\n%s", diff)
	}
}

func TestWithoutAFileThereAreTheSameDefaults(t *testing.T) {
	got, err := config.Load("")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(golden(t), got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(v1alpha1.WebhookConfiguration{}, "TypeMeta")); diff != "" {
		t.Errorf("-golden +got:\n%s", diff)
	}
}

func TestTheGoldenFileNamesEveryField(t *testing.T) {
	var written map[string]any
	if err := yaml.Unmarshal(goldenText(t), &written); err != nil {
		t.Fatal(err)
	}
	delete(written, "apiVersion")
	delete(written, "kind")
	named := func(what string, kind reflect.Type, values map[string]any) {
		for i := range kind.NumField() {
			field := kind.Field(i)
			if field.Anonymous {
				continue
			}
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if _, ok := values[key]; !ok {
				t.Errorf("%s: %s is not in the golden file", what, key)
			}
		}
	}
	named("the file", reflect.TypeFor[v1alpha1.WebhookConfiguration](), written)
	bounds, _ := written["bounds"].(map[string]any)
	named("bounds", reflect.TypeFor[v1alpha1.Bounds](), bounds)
}

func TestWhatTheFileSaysIsNotReplacedByADefault(t *testing.T) {
	got := parse(t, `
bounds: {maxPreStopSleep: 1m, maxGracePeriod: 2m, maxStartupBudget: 3m, maxMinReady: 4m}
excludedNamespaces: [infra]
ingressClassAnnotations: [internal, public]
defaultTargetType: ip
preStopAction: exec
assumeExposure: none
warnings: risks
`)
	again := *got
	again.IngressClassAnnotations = slices.Clone(got.IngressClassAnnotations)
	v1alpha1.Default(&again)
	if diff := cmp.Diff(got, &again); diff != "" {
		t.Errorf("defaulting twice changes something, -once +twice:\n%s", diff)
	}
	text := []string{got.DefaultTargetType, got.PreStopAction, got.AssumeExposure, got.Warnings, strings.Join(got.IngressClassAnnotations, " "), strings.Join(got.ExcludedNamespaces, " ")}
	if diff := cmp.Diff([]string{"ip", "exec", "none", "risks", "internal public", "infra"}, text); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	b := got.Bounds
	bounds := []string{b.MaxPreStopSleep.Duration.String(), b.MaxGracePeriod.Duration.String(), b.MaxStartupBudget.Duration.String(), b.MaxMinReady.Duration.String()}
	if diff := cmp.Diff([]string{"1m0s", "2m0s", "3m0s", "4m0s"}, bounds); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAFileIsReadAndItsNameStandsInFrontOfWhatIsWrong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "webhook.yaml")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(header + "warnings: none\n")
	if c, err := config.Load(path); err != nil || c.Warnings != "none" || c.PreStopAction != "auto" {
		t.Errorf("configuration %+v, error %v", c, err)
	}
	write(header + "warnings: loud\n")
	if _, err := config.Load(path); err == nil || !strings.HasPrefix(err.Error(), "configuration file "+path+": warnings: ") {
		t.Errorf("error %v", err)
	}
	if _, err := config.Load(path + ".gone"); err == nil || !strings.HasPrefix(err.Error(), "configuration file: ") {
		t.Errorf("error %v", err)
	}
}
