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

{{/* Its own webhook configuration, to keep the CA bundle right. */}}
{{- define "rollguard.rules.configuration" -}}
- apiGroups: [admissionregistration.k8s.io]
  resources: [mutatingwebhookconfigurations]
  resourceNames: [{{ include "rollguard.name" . }}]
  verbs: [get, list, watch, patch]
{{- end -}}

{{/* A configuration file that is refused is told of on the Pod. */}}
{{- define "rollguard.rules.events" -}}
- apiGroups: [""]
  resources: [events]
  verbs: [create]
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
