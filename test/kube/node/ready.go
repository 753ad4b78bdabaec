package node

import (
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/test/kube"
)

// waitReady waits until Pods can run.
func (n *Node) waitReady(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(n.plane.RESTConfig())
	if err != nil {
		return fmt.Errorf("client for the node: %w", err)
	}
	return poll(ctx, "the node to be ready", func(ctx context.Context) error {
		for _, p := range slices.Concat(n.processes, []*kube.Process{n.first}) {
			if err := p.Alive(); err != nil {
				return fatal{err}
			}
		}
		node, err := client.CoreV1().Nodes().Get(ctx, n.name, metav1.GetOptions{})
		if err != nil {
			return fmt.Errorf("get node: %w", err)
		}
		if err := takesPods(node); err != nil {
			return err
		}
		_, err = client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		if err != nil {
			return fmt.Errorf("service account of Pods: %w", err)
		}
		return nil
	})
}

// takesPods returns why the scheduler would place no Pod on the node.
func takesPods(node *corev1.Node) error {
	if len(node.Spec.Taints) > 0 {
		return fmt.Errorf("node has taint %s", node.Spec.Taints[0].Key)
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type != corev1.NodeReady {
			continue
		}
		if condition.Status == corev1.ConditionTrue {
			return nil
		}
		return fmt.Errorf("node is not ready: %s: %s", condition.Reason, condition.Message)
	}
	return errors.New("node has not said yet whether it is ready")
}

// publishAPIServer makes the relay the endpoint of the Service kubernetes, at which
// programs in Pods look for the API server. The API server cannot do it itself: its
// own address is a loopback address, which no endpoint may have.
func (n *Node) publishAPIServer(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(n.plane.RESTConfig())
	if err != nil {
		return fmt.Errorf("client for the node: %w", err)
	}
	name, port, protocol := "https", int32(n.relay.address().Port()), corev1.ProtocolTCP
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Name:   "kubernetes",
			Labels: map[string]string{discoveryv1.LabelServiceName: "kubernetes"},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{n.MachineIP()}}},
		Ports:       []discoveryv1.EndpointPort{{Name: &name, Port: &port, Protocol: &protocol}},
	}
	_, err = client.DiscoveryV1().EndpointSlices("default").Create(ctx, slice, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("publish the API server to Pods: %w", err)
	}
	return nil
}
