// Package node runs a real Kubernetes node beside a control plane of test/kube:
// controller manager, scheduler, kubelet, containerd with runc, a bridge for the Pods
// and, where asked for, kube-proxy. Pods run, are reachable from this machine by their
// IP addresses, and take part in rolling updates as on any cluster.
//
//	cluster, err := node.Start(ctx, node.Options{Log: os.Stderr})
//	if err != nil { ... }
//	defer cluster.Stop()
//	err = cluster.LoadImage(ctx, node.Image{Name: "example.test/app:1", Program: path})
//
// It needs Linux, root, and the commands runc and ip, for kube-proxy also nft, for
// NetworkPolicies iptables and ipset; what is missing it installs with apt-get where there is one. Everything else is built from Go
// modules, see test/kube. There is no registry: images are made from static programs and
// loaded, and Pods use them with imagePullPolicy Never.
//
// A node lives in namespaces of its own for processes, mounts, network, control groups
// and host name. This machine sees a folder, a control group and one network device,
// which leads to the Pods. The first process of the namespaces dies with the program
// that started the node, however that ends, and the kernel then ends every process of
// the node and takes its mounts and its network away. What remains of a killed program,
// the folder and the empty control group, the next Start removes. Settings of the
// machine stay as they are. Nodes do not disturb each other: each has its own namespaces
// and chooses networks that no route of the machine leads to yet.
//
// The programs of a node find its folder at /run/node.
//
// Pods have no way out: they reach the others of their node, this machine's end of the
// link and, with kube-proxy, Services; nothing is masqueraded, and the node has no default route. There
// is no DNS.
package node
