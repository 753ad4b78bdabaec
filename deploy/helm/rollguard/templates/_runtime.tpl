{{- define "rollguard.webhookPort" -}}
{{- .Values.hostNetwork.enabled | ternary .Values.hostNetwork.webhookPort .Values.ports.webhook -}}
{{- end -}}

{{- define "rollguard.opsPort" -}}
{{- .Values.hostNetwork.enabled | ternary .Values.hostNetwork.opsPort .Values.ports.ops -}}
{{- end -}}

{{/* preStop.sleep is on by default from Kubernetes 1.30 (KEP-3960); an older API server refuses it. */}}
{{- define "rollguard.nativeSleep" -}}
{{- if and (semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version) (gt (int .Values.drain.preStopSleepSeconds) 0) -}}true{{- end -}}
{{- end -}}

{{- define "rollguard.drainDelay" -}}
{{- $drain := .Values.drain -}}
{{- if include "rollguard.nativeSleep" . -}}
{{- $drain.drainSeconds -}}
{{- else -}}
{{- add $drain.preStopSleepSeconds $drain.drainSeconds -}}
{{- end -}}s
{{- end -}}

{{/* 70 % of the memory limit: the Go runtime frees memory before the kernel kills, which also counts the pages of the program. */}}
{{- define "rollguard.memoryLimit" -}}
{{- with ((.Values.resources).limits).memory -}}
{{- div (mul 70 (include "rollguard.mebibytes" . | int64)) 100 -}}MiB
{{- end -}}
{{- end -}}

{{/* MiB of a quantity in Mi or Gi, which the schema makes sure of. */}}
{{- define "rollguard.mebibytes" -}}
{{- hasSuffix "Gi" . | ternary (mul 1024 (trimSuffix "Gi" . | int64)) (trimSuffix "Mi" . | int64) -}}
{{- end -}}

{{/* Surge where a second Pod fits on a node; on the host network its port may be taken everywhere. */}}
{{- define "rollguard.strategy" -}}
{{- $surge := dict "maxUnavailable" 0 "maxSurge" 1 -}}
{{- $replace := dict "maxUnavailable" 1 "maxSurge" 0 -}}
{{- toYaml (mergeOverwrite (.Values.hostNetwork.enabled | ternary $replace $surge) .Values.updateStrategy) -}}
{{- end -}}

{{- define "rollguard.args" -}}
- --config=/etc/rollguard/config/config.yaml
- --log-level={{ .Values.logging.level }}
- --port={{ include "rollguard.webhookPort" . }}
- --ops-address=:{{ include "rollguard.opsPort" . }}
- --drain-delay={{ include "rollguard.drainDelay" . }}
- --namespace={{ .Release.Namespace }}
- --service={{ include "rollguard.name" . }}
- --pod-name=$(POD_NAME)
- --pod-uid=$(POD_UID)
- --webhook-configuration={{ include "rollguard.name" . }}
- --lease={{ .Values.posture.enabled | ternary (include "rollguard.name" .) "" }}
- --probe-namespace={{ include "rollguard.probeNamespace" . }}
{{- if eq .Values.certificates.mode "self-signed" }}
- --secret={{ include "rollguard.ownSecret" . }}
- --certificate-life={{ .Values.certificates.selfSigned.duration }}
- --authority-life={{ .Values.certificates.selfSigned.caDuration }}
{{- else }}
- --cert-file=/etc/rollguard/tls/tls.crt
- --key-file=/etc/rollguard/tls/tls.key
{{- end }}
{{- if eq .Values.certificates.mode "cert-manager" }}
- --certificate={{ include "rollguard.certificate" . }}
{{- end }}
{{- if .Values.clientCertificates.configMap }}
- --client-ca-file=/etc/rollguard/client-ca/ca.crt
{{- range .Values.clientCertificates.names }}
- --client-name={{ . }}
{{- end }}
{{- end }}
{{- end -}}
