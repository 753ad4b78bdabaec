package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// containerdSocket is below /run, which a node has for itself.
const containerdSocket = "/run/containerd/containerd.sock"

// ownFolder is where the programs of a node see its folder; nodeinit shows it there.
const ownFolder = "/run/node"

// pauseImage is the name of the image that holds the namespaces of a Pod.
const pauseImage = "rollguard.test/pause:1"

// containerdConfig is the configuration file of containerd (docs/cri/config.md there).
// The snapshotter native copies files and works on every file system. Without
// restrict_oom_score_adj no sandbox starts where root has not CAP_SYS_RESOURCE.
const containerdConfig = `version = 3
root = '%[1]s/root'
state = '/run/containerd'

[grpc]
  address = '%[2]s'

[plugins.'io.containerd.internal.v1.opt']
  path = '%[1]s/opt'

[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'native'

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '%[3]s'

[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ['%[4]s']
  conf_dir = '%[5]s'

[plugins.'io.containerd.cri.v1.runtime'.containerd]
  default_runtime_name = 'runc'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  BinaryName = '%[6]s'
  SystemdCgroup = false
`

// networkConfig is the configuration of the plugins bridge and host-local. The bridge
// has the first address of the network, and Pods send everything through it.
const networkConfig = `{
  "cniVersion": "1.0.0",
  "name": "rollguard",
  "plugins": [{
    "type": "bridge",
    "bridge": "pods",
    "isGateway": true,
    "ipMasq": false,
    "hairpinMode": true,
    "ipam": {
      "type": "host-local",
      "dataDir": "/run/cni",
      "ranges": [[{"subnet": "%s"}]],
      "routes": [{"dst": "0.0.0.0/0"}]
    }
  }]
}
`

// startContainerd starts containerd and waits until it answers.
func (n *Node) startContainerd(ctx context.Context) error {
	plugins := filepath.Dir(n.binaries["bridge"])
	config := fmt.Sprintf(containerdConfig, ownFolder+"/containerd", containerdSocket, pauseImage, plugins, ownFolder+"/cni", n.runc)
	if err := n.writeFile("containerd.toml", config); err != nil {
		return err
	}
	if err := n.writeFile("cni/10-bridge.conflist", fmt.Sprintf(networkConfig, n.network.pods)); err != nil {
		return err
	}
	p, err := n.run("containerd", []string{"--config=" + ownFolder + "/containerd.toml"})
	if err != nil {
		return err
	}
	return poll(ctx, "containerd to answer", func(ctx context.Context) error {
		if err := p.Alive(); err != nil {
			return fatal{err}
		}
		return n.ctr(ctx, nil, "version")
	})
}

// writeFile writes a file into the folder of the node.
func (n *Node) writeFile(name, text string) error {
	path := filepath.Join(n.dir, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		return fmt.Errorf("configure the node: %w", err)
	}
	return nil
}

// ctr runs containerd's own client.
func (n *Node) ctr(ctx context.Context, stdin *os.File, args ...string) error {
	return n.inside(ctx, insideCommand{
		path:  n.binaries["ctr"],
		args:  append([]string{"--address", containerdSocket, "--namespace", "k8s.io"}, args...),
		stdin: stdin,
	})
}

// LoadArchive makes the images of a docker-archive file, as WriteImage and most builders
// write it, known to the node. Pods use them with imagePullPolicy Never.
func (n *Node) LoadArchive(ctx context.Context, path string) error {
	// The file may be where the node sees something else.
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("load image: %w", err)
	}
	defer file.Close()
	if err := n.ctr(ctx, file, "images", "import", "--local", "--snapshotter", "native", "-"); err != nil {
		return fmt.Errorf("load image: %s: %w", path, err)
	}
	return nil
}

// LoadImage makes an image of a static program and makes it known to the node.
func (n *Node) LoadImage(ctx context.Context, image Image) error {
	file, err := os.CreateTemp(n.dir, "image-*.tar")
	if err != nil {
		return fmt.Errorf("load image %s: %w", image.Name, err)
	}
	defer os.Remove(file.Name())
	err = WriteImage(file, image)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("load image %s: %w", image.Name, err)
	}
	return n.LoadArchive(ctx, file.Name())
}

// loadPause makes the image of the sandbox containers.
func (n *Node) loadPause(ctx context.Context) error {
	program := filepath.Join(n.dir, "pause")
	if err := BuildProgram(ctx, "./test/kube/node/cmd/pause", program); err != nil {
		return err
	}
	return n.LoadImage(ctx, Image{Name: pauseImage, Program: program})
}
