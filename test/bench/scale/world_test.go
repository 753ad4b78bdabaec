package scale

import (
	"encoding/json"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

func TestTheWorldIsAsBigAsTheBarsSay(t *testing.T) {
	var deployments, ingresses, services, crowd, shared, size int
	namespacesOf := map[string]map[string]bool{}
	for o := range Large().Objects {
		switch o := o.(type) {
		case *appsv1.Deployment:
			deployments++
		case *networkingv1.Ingress:
			if o.Namespace == Crowded {
				crowd++
				continue
			}
			if o.Namespace == Small {
				continue
			}
			ingresses++
			if group := o.Annotations[annotationPrefix+"group.name"]; group != "" {
				shared++
				if namespacesOf[group] == nil {
					namespacesOf[group] = map[string]bool{}
				}
				namespacesOf[group][o.Namespace] = true
			}
			raw, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			size += len(raw)
		case *corev1.Service:
			if o.Namespace != Crowded && o.Namespace != Small {
				services++
			}
		}
	}
	if deployments != 8000 || ingresses != 12000 || services != 13000 || crowd != 5000 || shared != 2400 {
		t.Errorf("Deployments %d, Ingresses %d (%d in groups), Services %d, crowd %d", deployments, ingresses, shared, services, crowd)
	}
	for group, namespaces := range namespacesOf {
		if len(namespaces) != groupMembers {
			t.Fatalf("group %s is in %d namespaces", group, len(namespaces))
		}
	}
	t.Logf("an Ingress is %d bytes of JSON without managedFields", size/ingresses)
}
