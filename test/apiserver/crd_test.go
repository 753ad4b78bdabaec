package apiserver

import (
	"context"

	"github.com/rollguard/rollguard/test/install"
)

// classParamsCRD is the kind of the AWS Load Balancer Controller's class parameters,
// with the fields that decide here (LBC config/crd/bases).
const classParamsCRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ingressclassparams.elbv2.k8s.aws}
spec:
  group: elbv2.k8s.aws
  scope: Cluster
  names: {kind: IngressClassParams, listKind: IngressClassParamsList, plural: ingressclassparams, singular: ingressclassparams}
  versions:
  - name: v1beta1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            x-kubernetes-preserve-unknown-fields: true
            properties:
              targetType: {type: string, enum: [instance, ip]}
`

// installCRD creates the kind and waits until it is served.
func installCRD(ctx context.Context) error {
	if _, err := install.Kubectl(ctx, world.plane, []byte(classParamsCRD), "apply", "-f", "-"); err != nil {
		return err
	}
	_, err := install.Kubectl(ctx, world.plane, nil, "wait", "--for=condition=Established", "--timeout=30s", "crd/ingressclassparams.elbv2.k8s.aws")
	return err
}
