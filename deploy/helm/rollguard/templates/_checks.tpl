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
{{- if eq .Values.certificates.mode "files" -}}
{{- if not .Values.certificates.files.secretName -}}
{{- fail "certificates.mode is files: certificates.files.secretName must name a Secret with tls.crt and tls.key" -}}
{{- end -}}
{{- if not (contains "-----BEGIN CERTIFICATE-----" .Values.certificates.files.caBundle) -}}
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
