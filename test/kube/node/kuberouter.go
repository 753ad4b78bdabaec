package node

import "context"

// kubeRouter is the name of the program that enforces NetworkPolicies.
const kubeRouter = "kube-router"

// startKubeRouter starts the firewall of kube-router, without its router and its proxy.
// It writes rules of iptables and sets of ipset into the network of the node only, and
// rejects what no policy of a Pod allows. As it is the network that is of interest and not
// its own rights, it runs as an administrator.
//
// The engine of SIG Network, kube-network-policies, asks a program about each packet by
// the nftables expression queue, which the kernels of many small machines lack
// (CONFIG_NFT_QUEUE).
func (n *Node) startKubeRouter(ctx context.Context) error {
	// It ends where there is no Node object yet.
	if err := n.waitReady(ctx); err != nil {
		return err
	}
	kubeconfig, err := n.kubeconfig(kubeRouter, n.relayURL(), "system:masters")
	if err != nil {
		return err
	}
	_, err = n.run(kubeRouter, []string{
		"--kubeconfig=" + ownFolder + "/" + kubeconfig,
		"--hostname-override=" + n.name,
		"--run-firewall=true",
		"--run-router=false",
		"--run-service-proxy=false",
		"--service-cluster-ip-range=" + n.plane.ServiceCIDR(),
		"--health-port=0",
		"--v=1",
	})
	return err
}
