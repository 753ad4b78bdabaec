//go:build linux

// Command nodeinit is the first process in the namespaces of a node that test/kube/node
// starts. It makes them look like a machine of their own, says so in a file, and then
// only collects dead processes. When it ends, the kernel ends every process of the node,
// and with them go all mounts and network devices that the node made.
package main
