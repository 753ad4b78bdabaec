package node

import (
	"context"
	"fmt"
	"os"
)

// kubeletConfig is the configuration file of kubelet (kubelet.config.k8s.io/v1beta1).
// The machine may have control groups of version 1, no systemd and swap; kubelet keeps
// no resources back and evicts nothing: images cannot be loaded again, and disks of
// developers are full. There may be as many Pods as the network has addresses, less some
// for those that are ending. Without names in DNS a Pod gets the resolver of nobody.
const kubeletConfig = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: %[1]s
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: "%[2]s"}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix://%[3]s
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
localStorageCapacityIsolation: false
makeIPTablesUtilChains: false
resolvConf: ""
readOnlyPort: 0
registryPullQPS: 0
eventRecordQPS: 0
kubeAPIQPS: 500
kubeAPIBurst: 1000
imageGCHighThresholdPercent: 100
maxPods: 240
evictionHard: {memory.available: 1Mi, nodefs.available: 1%%, imagefs.available: 1%%}
podLogsDir: "%[4]s/pod-logs"
volumePluginDir: "%[4]s/kubelet/volume-plugins"
`

// startKubelet starts kubelet, which makes the Node object itself.
func (n *Node) startKubelet(context.Context) error {
	// The pki folder of the control plane may be where the node sees something else.
	ca, err := os.ReadFile(n.plane.CAFile())
	if err != nil {
		return fmt.Errorf("configure kubelet: %w", err)
	}
	if err := n.writeFile("ca.crt", string(ca)); err != nil {
		return err
	}
	config := fmt.Sprintf(kubeletConfig, n.network.node, ownFolder+"/ca.crt", containerdSocket, ownFolder)
	if err := n.writeFile("kubelet.yaml", config); err != nil {
		return err
	}
	kubeconfig, err := n.kubeconfig("node:"+n.name, n.relayURL(), "system:nodes")
	if err != nil {
		return err
	}
	_, err = n.run("kubelet", []string{
		"--config=" + ownFolder + "/kubelet.yaml",
		"--kubeconfig=" + ownFolder + "/" + kubeconfig,
		"--hostname-override=" + n.name,
		"--node-ip=" + n.network.node.String(),
		"--root-dir=" + ownFolder + "/kubelet",
		"--cert-dir=" + ownFolder + "/kubelet/pki",
	})
	return err
}
