package nativepolicy

// text is the policy. It says in CEL what pkg/policy says in Go: timing.go (variables
// needed, rest, grace, sleep), strategy.go, pre_stop.go, grace_period.go.
const text = `# The static part of Rollguard as a native policy: strategy, preStop sleep and grace period.
# Written by "rollguard policy export". It is a part, for clusters in which no webhook may run:
#
<<range .Differences ->>
# <<.>>
<<end ->>
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata:
  name: <<.Name>>
spec:
  failurePolicy: Ignore # it never blocks a write
  reinvocationPolicy: IfNeeded
  matchConstraints:
    matchPolicy: Equivalent
    resourceRules:
      - apiGroups: ["apps"]
        apiVersions: ["v1"]
        resources: ["deployments"]
        operations: ["CREATE", "UPDATE"]
  matchConditions:
    - name: stays
      expression: "!has(object.metadata.deletionTimestamp)"
    - name: did-not-opt-out
      expression: "!has(object.metadata.labels) || !('rollguard.io/inject' in object.metadata.labels) || object.metadata.labels['rollguard.io/inject'] != 'disabled'"
    - name: asks-for-nothing-of-its-own
      expression: "!has(object.metadata.annotations) || !object.metadata.annotations.exists(k, k.startsWith('rollguard.io/'))"
    - name: belongs-to-no-controller
      expression: "!has(object.metadata.ownerReferences) || !object.metadata.ownerReferences.exists(o, has(o.controller) && o.controller)"
  variables:
    - name: ns
      expression: "has(namespaceObject.metadata.annotations) ? namespaceObject.metadata.annotations : {}"
    - name: profiles # seconds: longest request, margin, and until nothing new is sent
      expression: >-
        <<.ProfileMap>>
    - name: profile
      expression: "'rollguard.io/profile' in variables.ns && variables.ns['rollguard.io/profile'] in variables.profiles ? variables.ns['rollguard.io/profile'] : 'standard'"
    - name: asked
      expression: "'rollguard.io/exposure' in variables.ns ? variables.ns['rollguard.io/exposure'] : 'auto'"
    - name: exposure
      expression: "variables.asked in ['service', 'alb-ip', 'alb-instance', 'nlb-ip', 'nlb-instance'] ? variables.asked : '<<.Exposure>>'"
    - name: containers
      expression: "object.spec.template.spec.containers"
    - name: active
      expression: >-
        variables.asked != 'none' && (!('rollguard.io/mode' in variables.ns) || variables.ns['rollguard.io/mode'] != 'audit') &&
        (variables.asked == variables.exposure ||
        variables.containers.exists(c, has(c.ports) && c.ports.exists(p, !has(p.protocol) || p.protocol == 'TCP')))
    - name: applied # what kubectl apply was given
      expression: >-
        has(object.metadata.annotations) && 'kubectl.kubernetes.io/last-applied-configuration' in object.metadata.annotations ?
        object.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'] : ''
    - name: request
      expression: >-
        <<.Duration "request-timeout" "variables.profiles[variables.profile]['T']">>
    - name: margin
      expression: >-
        <<.Duration "shutdown-margin" "variables.profiles[variables.profile]['M']">>
    - name: propagation
      expression: >-
        <<.Duration "propagation-delay" "variables.profiles[variables.profile][variables.exposure]">>
    - name: drains
      expression: "'rollguard.io/drains-on-sigterm' in variables.ns && variables.ns['rollguard.io/drains-on-sigterm'] == 'true'"
    - name: called
      expression: "variables.drains ? variables.propagation : variables.propagation + variables.request"
    - name: wanted
      expression: >-
        <<.Duration "pre-stop-sleep" "variables.called">>
    - name: needed
      expression: "variables.wanted > <<.MaxSleep>> ? <<.MaxSleep>> : variables.wanted"
    - name: rest
      expression: "variables.drains ? variables.request + variables.margin : variables.margin"
    - name: now
      expression: "has(object.spec.template.spec.terminationGracePeriodSeconds) ? int(object.spec.template.spec.terminationGracePeriodSeconds) : 30"
    - name: graceIsAuthored
      expression: "variables.now != 30 || variables.applied.contains('\"terminationGracePeriodSeconds\"')"
    - name: ownSleep
      expression: "variables.containers.map(c, has(c.lifecycle) && has(c.lifecycle.preStop) && has(c.lifecycle.preStop.sleep) ? int(c.lifecycle.preStop.sleep.seconds) : 0).max()"
    - name: computedGrace
      expression: "[[variables.needed, variables.ownSleep].max() + variables.rest, variables.now].max()"
    - name: askedGrace
      expression: >-
        <<.Duration "grace-period" "-1">>
    - name: unboundedGrace
      expression: "variables.askedGrace >= 0 ? [variables.askedGrace, variables.now, variables.ownSleep].max() : variables.computedGrace"
    - name: grace
      expression: "variables.graceIsAuthored ? variables.now : [[variables.unboundedGrace, <<.MaxGrace>>].min(), variables.now].max()"
    - name: sleep
      expression: "variables.grace < variables.needed + variables.rest ? [variables.needed, [variables.grace - variables.rest, variables.grace / 2].max()].min() : variables.needed"
    - name: rolling
      expression: "object.spec.strategy.type == 'RollingUpdate'"
    - name: surges # whether a new Pod can run beside an old one
      expression: >-
        (!has(object.spec.template.spec.hostNetwork) || !object.spec.template.spec.hostNetwork) &&
        !variables.containers.exists(c, has(c.ports) && c.ports.exists(p, has(p.hostPort) && p.hostPort != 0)) &&
        (!has(object.spec.template.spec.volumes) || !object.spec.template.spec.volumes.exists(v, has(v.persistentVolumeClaim)))
    - name: surgeIsAuthored
      expression: "variables.rolling && (string(object.spec.strategy.rollingUpdate.maxSurge) != '25%' || variables.applied.contains('\"maxSurge\"'))"
    - name: unavailableIsAuthored
      expression: "variables.rolling && (string(object.spec.strategy.rollingUpdate.maxUnavailable) != '25%' || variables.applied.contains('\"maxUnavailable\"'))"
    - name: surge
      expression: "'rollguard.io/max-surge' in variables.ns && variables.ns['rollguard.io/max-surge'].matches('^[1-9][0-9]{0,3}%?$') ? variables.ns['rollguard.io/max-surge'] : '25%'"
    - name: unavailable
      expression: "'rollguard.io/max-unavailable' in variables.ns && variables.ns['rollguard.io/max-unavailable'].matches('^([0-9]{1,4}|[0-9]{1,2}%|100%)$') ? variables.ns['rollguard.io/max-unavailable'] : '0'"
    - name: mendsStrategy
      expression: "variables.active && variables.rolling && variables.surges && !(variables.surgeIsAuthored && string(object.spec.strategy.rollingUpdate.maxSurge) in ['0', '0%'])"
    - name: rolls # the template may change only where its author changes it
      expression: "request.operation == 'CREATE' || object.spec.template != oldObject.spec.template"
  mutations:
    - patchType: JSONPatch
      jsonPatch:
        expression: >-
          (variables.mendsStrategy && !variables.surgeIsAuthored ?
          [JSONPatch{op: "add", path: "/spec/strategy/rollingUpdate/maxSurge",
          value: variables.surge.endsWith('%') ? dyn(variables.surge) : dyn(int(variables.surge))}] : []) +
          (variables.mendsStrategy && !variables.unavailableIsAuthored ?
          [JSONPatch{op: "add", path: "/spec/strategy/rollingUpdate/maxUnavailable",
          value: variables.unavailable.endsWith('%') ? dyn(variables.unavailable) : dyn(int(variables.unavailable))}] : [])
    - patchType: ApplyConfiguration
      applyConfiguration:
        expression: >-
          variables.active && variables.rolls ?
          Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{
          terminationGracePeriodSeconds: variables.grace,
          containers: variables.containers.filter(c, variables.sleep > 0 && !(has(c.lifecycle) && has(c.lifecycle.preStop))).map(c,
          Object.spec.template.spec.containers{name: c.name, lifecycle: Object.spec.template.spec.containers.lifecycle{
          preStop: Object.spec.template.spec.containers.lifecycle.preStop{
          sleep: Object.spec.template.spec.containers.lifecycle.preStop.sleep{seconds: variables.sleep}}}})}}}} : Object{}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata:
  name: <<.Name>>
spec:
  policyName: <<.Name>>
  matchResources:
    namespaceSelector:
      matchLabels:
        <<.Label>>: "<<.Value>>"
      matchExpressions:
        - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, kube-node-lease]}
`
