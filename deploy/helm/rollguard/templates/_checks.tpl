{{/* What a schema cannot say, or not in clear words. */}}
{{- define "rollguard.checks" -}}
{{- $drain := .Values.drain -}}
{{- $least := add $drain.preStopSleepSeconds $drain.drainSeconds 10 -}}
{{- if lt (int $drain.terminationGracePeriodSeconds) (int $least) -}}
{{- fail (printf "drain.terminationGracePeriodSeconds is %d: it must be at least %d, preStopSleepSeconds + drainSeconds + 10, or Pods are killed while they answer" (int $drain.terminationGracePeriodSeconds) (int $least)) -}}
{{- end -}}
{{- if and (eq .Values.webhook.failurePolicy "Fail") (lt (int .Values.replicas) 2) -}}
{{- fail (printf "webhook.failurePolicy is Fail with replicas: %d: one Pod that is moved would refuse every Deployment; use 2 replicas or more" (int .Values.replicas)) -}}
{{- end -}}
{{- if eq .Values.webhook.failurePolicy "Fail" -}}
{{- $time := add $drain.preStopSleepSeconds $drain.drainSeconds -}}
{{- if lt $time 5 -}}
{{- fail (printf "webhook.failurePolicy is Fail with drain.preStopSleepSeconds + drain.drainSeconds = %d: API servers take some seconds to forget a Pod that goes, and each rollout would refuse writes; let it answer for 5 seconds or more" $time) -}}
{{- end -}}
{{- $away := toString (include "rollguard.strategy" . | fromYaml).maxUnavailable -}}
{{- $least := ternary (div (mul (trimSuffix "%" $away | int64) .Values.replicas) 100) ($away | int64) (hasSuffix "%" $away) -}}
{{- if ge $least (int64 .Values.replicas) -}}
{{- fail (printf "webhook.failurePolicy is Fail with updateStrategy.maxUnavailable: %s: a rollout would take all %d replicas away at once, and refuse every Deployment" $away (int .Values.replicas)) -}}
{{- end -}}
{{- end -}}
{{- include "rollguard.checkLives" . -}}
{{- include "rollguard.checkConfig" .Values.config -}}
{{- include "rollguard.checkContradictions" .Values -}}
{{- range $group := list "podLabels" "commonLabels" -}}
{{- range $key, $_ := index $.Values $group -}}
{{- if or (has $key (list "rollguard.io/inject" "helm.sh/chart")) (hasPrefix "app.kubernetes.io/" $key) -}}
{{- fail (printf "%s has %s: the chart sets that label itself, and finds its Pods by such labels" $group $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with ((.Values.resources).limits).memory -}}
{{- if lt (include "rollguard.mebibytes" . | int64) 64 -}}
{{- fail (printf "resources.limits.memory is %s: Rollguard takes some 40Mi when nothing happens, so it must be 64Mi or more" .) -}}
{{- end -}}
{{- end -}}
{{- if contains ":" (last (splitList "/" .Values.image.repository)) -}}
{{- fail (printf "image.repository is %s: the tag goes to image.tag" .Values.image.repository) -}}
{{- end -}}
{{- if eq .Values.certificates.mode "files" -}}
{{- if not .Values.certificates.files.secretName -}}
{{- fail "certificates.mode is files: certificates.files.secretName must name a Secret with tls.crt and tls.key" -}}
{{- end -}}
{{- if not (regexMatch "(?s)-----BEGIN CERTIFICATE-----.+-----END CERTIFICATE-----" .Values.certificates.files.caBundle) -}}
{{- fail "certificates.mode is files: certificates.files.caBundle must be the PEM text of the authority that signed the certificate (--set-file certificates.files.caBundle=ca.crt)" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.clientCertificates.names (not .Values.clientCertificates.configMap) -}}
{{- fail "clientCertificates.names is set: clientCertificates.configMap must name the ConfigMap whose ca.crt signs those certificates" -}}
{{- end -}}
{{- if eq (include "rollguard.webhookPort" .) (include "rollguard.opsPort" .) -}}
{{- $group := .Values.hostNetwork.enabled | ternary "hostNetwork.webhookPort and hostNetwork.opsPort" "ports.webhook and ports.ops" -}}
{{- fail (printf "%s are both %s: give them different ports" $group (include "rollguard.opsPort" .)) -}}
{{- end -}}
{{- if and .Values.createNamespace (eq .Release.Namespace "default") -}}
{{- fail "createNamespace is true and the namespace is default: name one with --namespace" -}}
{{- end -}}
{{- end -}}

{{/* Seconds of a duration such as 1h30m. */}}
{{- define "rollguard.seconds" -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+[hms]" . -1 -}}
{{- $sum = add $sum (mul (trimSuffix (regexFind "[hms]" .) . | int64) (get (dict "h" 3600 "m" 60 "s" 1) (regexFind "[hms]" .))) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}

{{/* A certificate cannot outlive its authority, and cert-manager makes none for less than an hour. */}}
{{- define "rollguard.checkLives" -}}
{{- $mode := .Values.certificates.mode -}}
{{- if ne $mode "files" -}}
{{- $group := eq $mode "self-signed" | ternary "selfSigned" "certManager" -}}
{{- $lives := index .Values.certificates $group -}}
{{- $life := include "rollguard.seconds" $lives.duration | int64 -}}
{{- if lt $life 3600 -}}
{{- fail (printf "certificates.%s.duration is %s: it must be 1h or more" $group $lives.duration) -}}
{{- end -}}
{{- if and (lt (include "rollguard.seconds" $lives.caDuration | int64) $life) (not $lives.issuerRef) -}}
{{- fail (printf "certificates.%s.caDuration is %s: the authority must live as long as the certificates that it signs, %s" $group $lives.caDuration $lives.duration) -}}
{{- end -}}
{{- with .Values.metrics.prometheusRule -}}
{{- if and .enabled (ge (mul .certificateDays 86400) (div $life 3)) -}}
{{- fail (printf "metrics.prometheusRule.certificateDays is %d: a certificate of %s is renewed when a third of its life is left, so the alert would fire before each renewal; set fewer days, or a longer certificates.%s.duration" (int .certificateDays) $lives.duration $group) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the program would refuse (pkg/config/validate.go): better here than in a Pod that does not start. */}}
{{- define "rollguard.checkConfig" -}}
{{- range $field, $value := .bounds -}}
{{- include "rollguard.checkDuration" (list (printf "config.bounds.%s" $field) $value 1) -}}
{{- end -}}
{{- range $name, $profile := .profiles -}}
{{- range $field, $value := omit $profile "propagationDelay" -}}
{{- include "rollguard.checkDuration" (list (printf "config.profiles.%s.%s" $name $field) $value 0) -}}
{{- end -}}
{{- range $field, $value := $profile.propagationDelay -}}
{{- include "rollguard.checkDuration" (list (printf "config.profiles.%s.propagationDelay.%s" $name $field) $value 0) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "rollguard.checkDuration" -}}
{{- $seconds := include "rollguard.seconds" (index . 1) | int64 -}}
{{- if or (lt $seconds (index . 2 | int64)) (gt $seconds 86400) -}}
{{- fail (printf "%s is %s: it must be between %ds and 24h" (index . 0) (index . 1) (index . 2)) -}}
{{- end -}}
{{- end -}}

{{/* Values of which one makes another pointless. */}}
{{- define "rollguard.checkContradictions" -}}
{{- $repairs := .repair.everywhere | ternary "repair.everywhere" (.repair.namespaces | empty | ternary "" "repair.namespaces") -}}
{{- if and $repairs (not .posture.enabled) -}}
{{- fail (printf "posture.enabled is false, and %s is set: nobody would look for what is to be repaired" $repairs) -}}
{{- end -}}
{{- range .repair.namespaces -}}
{{- if has . ($.config.excludedNamespaces | default list) -}}
{{- fail (printf "repair.namespaces has %s, which config.excludedNamespaces excludes: leave it out of one of them" .) -}}
{{- end -}}
{{- end -}}
{{- with .config.repair -}}
{{- if and .default .atMost -}}
{{- $rank := dict "report" 0 "strategy" 1 "rollout" 2 -}}
{{- if gt (get $rank .default | int) (get $rank .atMost | int) -}}
{{- fail (printf "config.repair.default is %s, and config.repair.atMost allows no more than %s" .default .atMost) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with .config.bounds -}}
{{- if and .maxPreStopSleep .maxGracePeriod -}}
{{- if gt (include "rollguard.seconds" .maxPreStopSleep | int64) (include "rollguard.seconds" .maxGracePeriod | int64) -}}
{{- fail (printf "config.bounds.maxPreStopSleep is %s: the grace period has to hold the sleep, and may be no longer than maxGracePeriod, %s" .maxPreStopSleep .maxGracePeriod) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
