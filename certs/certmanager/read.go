package certmanager

import (
	"context"
	"errors"
	"fmt"

	certmanagerv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
)

// Read asks for the Certificate once. The error says which of Certificate, kind and
// right is missing.
func Read(ctx context.Context, client dynamic.Interface, namespace, name string) (Status, error) {
	found, err := certificates(client, namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return Status{}, unreadable(namespace, name, err)
	}
	return decode(found)
}

func certificates(client dynamic.Interface, namespace string) dynamic.ResourceInterface {
	return client.Resource(certmanagerv1.SchemeGroupVersion.WithResource("certificates")).Namespace(namespace)
}

func decode(found *unstructured.Unstructured) (Status, error) {
	var c certmanagerv1.Certificate
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(found.Object, &c); err != nil {
		return Status{}, unreadable(found.GetNamespace(), found.GetName(), err)
	}
	return statusOf(&c), nil
}

// unreadable says why a Certificate is not known. An API server answers "not found" both
// for an object and for a kind that it does not have; only the first names the object.
func unreadable(namespace, name string, err error) error {
	var status apierrors.APIStatus
	if apierrors.IsNotFound(err) && errors.As(err, &status) {
		if details := status.Status().Details; details == nil || details.Name == "" {
			return fmt.Errorf("Certificate %s/%s cannot be read: the cluster has no kind Certificate of cert-manager.io/v1; is cert-manager installed?", namespace, name) //nolint:staticcheck // a kind's name
		}
		return absent(namespace, name)
	}
	return fmt.Errorf("Certificate %s/%s cannot be read: %w", namespace, name, err) //nolint:staticcheck // a kind's name
}

func absent(namespace, name string) error {
	return fmt.Errorf("Certificate %s/%s does not exist", namespace, name) //nolint:staticcheck // a kind's name
}
