{{/*
All rights of Rollguard, and why it has them. A new kind is one entry here; clusterrole.yaml and role.yaml
hold no rules of their own.
*/}}

{{/* What Rollguard reads, everywhere. It writes nothing of this. */}}
{{- define "rollguard.rules.read" -}}
- apiGroups: [""]
  resources: [namespaces, services, persistentvolumeclaims, resourcequotas]
  verbs: [get, list, watch]
- apiGroups: [networking.k8s.io]
  resources: [ingresses, ingressclasses]
  verbs: [get, list, watch]
# Kinds that a cluster may lack, of the AWS Load Balancer Controller, EKS Auto Mode and the Gateway API. Without a
# right, what is missing is said as a warning.
- apiGroups: [elbv2.k8s.aws, eks.amazonaws.com]
  resources: [ingressclassparams, targetgroupbindings]
  verbs: [get, list, watch]
- apiGroups: [gateway.networking.k8s.io]
  resources: [gatewayclasses, gateways, listenersets, referencegrants, httproutes, grpcroutes, tcproutes, tlsroutes, udproutes]
  verbs: [get, list, watch]
- apiGroups: [gateway.k8s.aws]
  resources: [loadbalancerconfigurations, targetgroupconfigurations]
  verbs: [get, list, watch]
{{- end -}}

{{/* To find Deployments that admission did not see, and to say so. */}}
{{- define "rollguard.rules.posture" -}}
- apiGroups: [apps]
  resources: [deployments]
  verbs: [list]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- end -}}

{{/* What repairs need; bound only where the values say so. */}}
{{- define "rollguard.rules.repair" -}}
- apiGroups: [apps]
  resources: [deployments]
  verbs: [patch]
{{- end -}}

{{/* What the self-probe needs, in its own namespace. */}}
{{- define "rollguard.rules.probe" -}}
- apiGroups: [apps]
  resources: [deployments]
  verbs: [create]
{{- end -}}

{{/* The Lease of the replica that looks after posture. The chart makes it, so that nobody has to be let create one, and
a replica that still runs during an uninstall cannot leave one behind. */}}
{{- define "rollguard.rules.lease" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [{{ include "rollguard.name" . }}]
  verbs: [get, update]
{{- end -}}

{{/* Its own webhook configuration: to keep the CA bundle right, and for the self-probe to see whether it is there, and
when it changes. */}}
{{- define "rollguard.rules.configuration" -}}
{{- $selfSigned := eq .Values.certificates.mode "self-signed" -}}
{{- if or $selfSigned (include "rollguard.probeNamespace" .) -}}
- apiGroups: [admissionregistration.k8s.io]
  resources: [mutatingwebhookconfigurations]
  resourceNames: [{{ include "rollguard.name" . }}]
  verbs: {{ $selfSigned | ternary "[get, list, watch, patch]" "[get, list, watch]" }}
{{- end -}}
{{- end -}}

{{/* A configuration file that is refused, and a certificate that is not renewed, are told of on the Pod. */}}
{{- define "rollguard.rules.events" -}}
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end -}}

{{/* What cert-manager says about the Certificate: why there is none, or no new one. */}}
{{- define "rollguard.rules.certificate" -}}
- apiGroups: [cert-manager.io]
  resources: [certificates]
  resourceNames: [{{ include "rollguard.certificate" . }}]
  verbs: [get, list, watch]
{{- end -}}

{{/* Its own certificates, in its own namespace. RBAC cannot see the name of an object that is being created. */}}
{{- define "rollguard.rules.secret" -}}
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [{{ include "rollguard.ownSecret" . }}]
  verbs: [get, list, watch, patch]
- apiGroups: [""]
  resources: [secrets]
  verbs: [create]
{{- end -}}
