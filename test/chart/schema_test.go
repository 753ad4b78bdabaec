package chart

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
	"github.com/rollguard/rollguard/test/install"
)

func TestBadValuesAreRefusedInClearWords(t *testing.T) {
	for _, tc := range []struct {
		name  string
		flags []string
		words []string
	}{
		{"a value that does not exist", []string{"--set", "replicaCount=3"}, []string{"replicaCount", "not allowed"}},
		{"a slip inside a group", []string{"--set", "webhook.failurepolicy=Ignore"}, []string{"/webhook", "failurepolicy", "not allowed"}},
		{"a long time-out", []string{"--set", "webhook.timeoutSeconds=30"}, []string{"/webhook/timeoutSeconds", "maximum", "5"}},
		{"no time-out", []string{"--set", "webhook.timeoutSeconds=0"}, []string{"/webhook/timeoutSeconds", "minimum", "1"}},
		{"another failure policy", []string{"--set", "webhook.failurePolicy=Block"}, []string{"/webhook/failurePolicy", "'Ignore', 'Fail'"}},
		{"no replica", []string{"--set", "replicas=0"}, []string{"/replicas", "minimum"}},
		{"text for a number", []string{"--set-string", "replicas=two"}, []string{"/replicas", "got string, want integer"}},
		{"another certificate mode", []string{"--set", "certificates.mode=selfsigned"}, []string{"/certificates/mode", "'self-signed', 'cert-manager', 'files'"}},
		{"files without a Secret", []string{"--set", "certificates.mode=files", "--set-file", "certificates.files.caBundle=testdata/ca.crt"}, []string{"certificates.files.secretName must name a Secret with tls.crt and tls.key"}},
		{"files without an authority", []string{"--set", "certificates.mode=files,certificates.files.secretName=mine"}, []string{"certificates.files.caBundle must be the PEM text"}},
		{"an authority in base64", []string{"--set", "certificates.mode=files,certificates.files.secretName=mine,certificates.files.caBundle=LS0tLS1CRUdJTg=="}, []string{"certificates.files.caBundle must be the PEM text"}},
		{"names of clients without an authority", []string{"--set", "clientCertificates.names={kube-apiserver}"}, []string{"clientCertificates.configMap must name the ConfigMap"}},
		{"a life that is no duration", []string{"--set", "certificates.selfSigned.duration=90d"}, []string{"/certificates/selfSigned/duration", "does not match pattern"}},
		{"a life of minutes", []string{"--set", "certificates.selfSigned.duration=30m"}, []string{"certificates.selfSigned.duration is 30m: it must be 1h or more"}},
		{"a certificate that outlives its authority", []string{"--set", "certificates.mode=cert-manager,certificates.certManager.caDuration=24h"}, []string{"certificates.certManager.caDuration is 24h", "must live as long as", "2160h"}},
		{"an alert that would always fire", []string{"--set", "certificates.selfSigned.duration=240h,metrics.prometheusRule.enabled=true"}, []string{"metrics.prometheusRule.certificateDays is 14", "240h", "before each renewal"}},
		{"a bound of a week", []string{"--set", "config.bounds.maxGracePeriod=168h"}, []string{"config.bounds.maxGracePeriod is 168h: it must be between 1s and 24h"}},
		{"a bound of nothing", []string{"--set", "config.bounds.maxMinReady=0s"}, []string{"config.bounds.maxMinReady is 0s: it must be between 1s and 24h"}},
		{"a profile with a long delay", []string{"--set", "config.profiles.slow.requestTimeout=0s,config.profiles.slow.shutdownMargin=5s,config.profiles.slow.propagationDelay.service=5s,config.profiles.slow.propagationDelay.albIP=1h3600m,config.profiles.slow.propagationDelay.albInstance=5s"}, []string{"config.profiles.slow.propagationDelay.albIP is 1h3600m: it must be between 0s and 24h"}},
		{"a profile with a name that is none", []string{"--set", "config.profiles.Very_Slow.requestTimeout=1m"}, []string{"/config/profiles", "Very_Slow"}},
		{"a label of the Pods that the Service needs", []string{"--set", "podLabels.app\\.kubernetes\\.io/name=mine"}, []string{"podLabels has app.kubernetes.io/name"}},
		{"a label of everything that the chart sets itself", []string{"--set-string", "commonLabels.rollguard\\.io/inject=enabled"}, []string{"commonLabels has rollguard.io/inject"}},
		{"less memory than it takes at rest", []string{"--set", "resources.limits.memory=32Mi"}, []string{"resources.limits.memory is 32Mi", "64Mi or more"}},
		{"a tag in the name of the image", []string{"--set", "image.repository=registry.example:5000/rollguard:1.2"}, []string{"image.repository is registry.example:5000/rollguard:1.2: the tag goes to image.tag"}},
		{"half an authority", []string{"--set", "certificates.mode=files,certificates.files.secretName=mine,certificates.files.caBundle=-----BEGIN CERTIFICATE-----"}, []string{"certificates.files.caBundle must be the PEM text"}},
		{"a life of 11 billion years", []string{"--set", "certificates.selfSigned.duration=99999999999999h"}, []string{"/certificates/selfSigned/duration", "does not match pattern"}},
		{"Fail with Pods that go at once", []string{"--set", "webhook.failurePolicy=Fail,drain.preStopSleepSeconds=0,drain.drainSeconds=2"}, []string{"drain.preStopSleepSeconds + drain.drainSeconds = 2", "5 seconds or more"}},
		{"Fail with all replicas away at once", []string{"--set", "webhook.failurePolicy=Fail,updateStrategy.maxUnavailable=100%"}, []string{"updateStrategy.maxUnavailable: 100%", "all 2 replicas"}},
		{"Fail with all replicas away at once, as a number", []string{"--set", "webhook.failurePolicy=Fail,replicas=3,updateStrategy.maxUnavailable=3"}, []string{"updateStrategy.maxUnavailable: 3", "all 3 replicas"}},
		{"Fail with one replica", []string{"--set", "webhook.failurePolicy=Fail,replicas=1"}, []string{"webhook.failurePolicy is Fail with replicas: 1", "use 2 replicas or more"}},
		{"a grace period that is too short", []string{"--set", "drain.drainSeconds=60"}, []string{"drain.terminationGracePeriodSeconds is 45", "at least 80"}},
		{"a port below 1024", []string{"--set", "ports.webhook=443"}, []string{"/ports/webhook", "minimum", "1,024"}},
		{"one port for two", []string{"--set", "ports.webhook=8080"}, []string{"ports.webhook and ports.ops are both 8080"}},
		{"one port for two on the host network", []string{"--set", "hostNetwork.enabled=true,hostNetwork.opsPort=19443"}, []string{"hostNetwork.webhookPort and hostNetwork.opsPort are both 19443"}},
		{"a memory limit that GOMEMLIMIT cannot follow", []string{"--set", "resources.limits.memory=1.5Gi"}, []string{"/resources/limits/memory", "does not match pattern"}},
		{"root", []string{"--set", "runAsUser=0"}, []string{"/runAsUser", "minimum"}},
		{"a setting of the file that does not exist", []string{"--set", "config.excludeNamespaces={a}"}, []string{"/config", "excludeNamespaces", "not allowed"}},
		{"a setting of the file that is not known", []string{"--set", "config.warnings=all"}, []string{"/config/warnings", "'changes', 'risks', 'none'"}},
		{"half a profile", []string{"--set", "config.profiles.slow.requestTimeout=1m"}, []string{"/config/profiles/slow", "shutdownMargin", "propagationDelay"}},
		{"repairs without anybody who looks", []string{"--set", "repair.everywhere=true,posture.enabled=false"}, []string{"posture.enabled is false", "repair.everywhere"}},
		{"repairs in some namespaces without anybody who looks", []string{"--set", "repair.namespaces={shop},posture.enabled=false"}, []string{"posture.enabled is false", "repair.namespaces"}},
		{"repairs where nothing is touched", []string{"--set", "repair.namespaces={shop,blog},config.excludedNamespaces={blog}"}, []string{"repair.namespaces has blog, which config.excludedNamespaces excludes"}},
		{"more repair than anybody may ask for", []string{"--set", "config.repair.default=rollout,config.repair.atMost=strategy"}, []string{"config.repair.default is rollout, and config.repair.atMost allows no more than strategy"}},
		{"a sleep that no grace period holds", []string{"--set", "config.bounds.maxPreStopSleep=10m,config.bounds.maxGracePeriod=5m"}, []string{"config.bounds.maxPreStopSleep is 10m", "maxGracePeriod, 5m"}},
		{"a digest that is none", []string{"--set", "image.digest=latest"}, []string{"/image/digest", "does not match pattern"}},
		{"no image", []string{"--set", "image.repository="}, []string{"/image/repository", "minLength"}},
		{"the namespace default", []string{"--set", "createNamespace=true", "--namespace", "default"}, []string{"createNamespace is true and the namespace is default"}},
		{"an old cluster", []string{"--kube-version", "1.27.9"}, []string{"kubeVersion: >=1.28.0-0", "1.27.9"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := install.Template(t.Context(), tc.flags...)
			if err == nil {
				t.Fatal("was rendered")
			}
			for _, word := range tc.words {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("the message does not say %q:\n%v", word, err)
				}
			}
		})
	}
}

// An umbrella chart gives each of its charts "global", and "enabled" where that is its
// condition.
func TestValuesOfAnUmbrellaChartAreTaken(t *testing.T) {
	render(t, "--set", "global.region=eu,enabled=true")
}

// valuesSchema is the part of a JSON schema that the tests read.
type valuesSchema struct {
	Properties           map[string]*valuesSchema `json:"properties"`
	AdditionalProperties json.RawMessage          `json:"additionalProperties"`
}

func readSchema(t *testing.T) *valuesSchema {
	t.Helper()
	raw, err := os.ReadFile("../../deploy/helm/rollguard/values.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	out := &valuesSchema{}
	if err := json.Unmarshal(raw, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheSchemaKnowsExactlyTheFieldsOfTheConfigurationFile(t *testing.T) {
	config := readSchema(t).Properties["config"]
	sameFields(t, "config", reflect.TypeFor[v1alpha1.WebhookConfiguration](), config)
	sameFields(t, "config.bounds", reflect.TypeFor[v1alpha1.Bounds](), config.Properties["bounds"])
	sameFields(t, "config.repair", reflect.TypeFor[v1alpha1.Repair](), config.Properties["repair"])
	profile := &valuesSchema{}
	if err := json.Unmarshal(config.Properties["profiles"].AdditionalProperties, profile); err != nil {
		t.Fatal(err)
	}
	sameFields(t, "config.profiles.*", reflect.TypeFor[v1alpha1.Profile](), profile)
	sameFields(t, "config.profiles.*.propagationDelay", reflect.TypeFor[v1alpha1.PropagationDelay](), profile.Properties["propagationDelay"])
}

func sameFields(t *testing.T, where string, of reflect.Type, in *valuesSchema) {
	t.Helper()
	var want []string
	for _, field := range reflect.VisibleFields(of) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && name != "apiVersion" && name != "kind" {
			want = append(want, name)
		}
	}
	if len(want) == 0 {
		t.Fatalf("%s has no fields: this test looks at the wrong type", where)
	}
	for _, name := range want {
		if in.Properties[name] == nil {
			t.Errorf("values.schema.json does not know %s.%s", where, name)
		}
	}
	for name := range in.Properties {
		if !slices.Contains(want, name) {
			t.Errorf("values.schema.json knows %s.%s, which the file does not have", where, name)
		}
	}
}
