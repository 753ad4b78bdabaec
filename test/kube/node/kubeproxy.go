package node

import (
	"context"
	"fmt"
)

// kubeProxyConfig is the configuration file of kube-proxy
// (kubeproxy.config.k8s.io/v1alpha1). The limits of connection tracking belong to the
// machine and stay as they are, which 0 means.
const kubeProxyConfig = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
hostnameOverride: %[1]s
clusterCIDR: %[2]s
detectLocalMode: ClusterCIDR
clientConnection: {kubeconfig: "%[3]s"}
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
nftables: {minSyncPeriod: 0s}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
`

// startKubeProxy starts kube-proxy, whose rules are in the network of the node only.
func (n *Node) startKubeProxy(context.Context) error {
	kubeconfig, err := n.kubeconfig("kube-proxy", n.relayURL())
	if err != nil {
		return err
	}
	config := fmt.Sprintf(kubeProxyConfig, n.name, n.network.pods, ownFolder+"/"+kubeconfig)
	if err := n.writeFile("kube-proxy.yaml", config); err != nil {
		return err
	}
	_, err = n.run("kube-proxy", []string{"--config=" + ownFolder + "/kube-proxy.yaml"})
	return err
}
