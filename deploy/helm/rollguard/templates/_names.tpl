{{/* The name of everything. "helm install rollguard" gives "rollguard". */}}
{{- define "rollguard.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains "rollguard" .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-rollguard" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What a Service and a Deployment select by: never to be changed, as a selector cannot be. */}}
{{- define "rollguard.selector" -}}
app.kubernetes.io/name: rollguard
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "rollguard.labels" -}}
{{ include "rollguard.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: rollguard
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "rollguard.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The Secret that is mounted, where certificates come from files. */}}
{{- define "rollguard.tlsSecret" -}}
{{- if eq .Values.certificates.mode "files" -}}
{{ .Values.certificates.files.secretName }}
{{- else -}}
{{ include "rollguard.name" . }}-tls
{{- end -}}
{{- end -}}

{{/* The Certificate of cert-manager, where certificates come from it. */}}
{{- define "rollguard.certificate" -}}
{{ include "rollguard.name" . }}-tls
{{- end -}}

{{/* The Secret that Rollguard keeps itself. */}}
{{- define "rollguard.ownSecret" -}}
{{ include "rollguard.name" . }}-certificates
{{- end -}}

{{/* The namespace of the self-probe; empty where there is none. */}}
{{- define "rollguard.probeNamespace" -}}
{{- if and .Values.posture.enabled .Values.posture.selfProbe -}}
{{ include "rollguard.name" . }}-probe
{{- end -}}
{{- end -}}
