package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
	"os/exec"
	"strings"
	"time"
)

// bases are the networks from which that of a node is taken: the first for the Pods, a
// /24 for each node, the second for the links, a /30 in the /24 of the same number.
var bases = [...][2]netip.Addr{
	{netip.AddrFrom4([4]byte{10, 200, 0, 0}), netip.AddrFrom4([4]byte{10, 201, 0, 0})},
	{netip.AddrFrom4([4]byte{172, 30, 0, 0}), netip.AddrFrom4([4]byte{172, 31, 0, 0})},
}

// removeBound is how long removing the link may take.
const removeBound = 10 * time.Second

// network is how this machine and the node reach each other. The machine has one end of
// a link, the node the other, named eth0, and the Pods are behind the node.
type network struct {
	ip            string // path of the command
	link          string // the device of this machine
	machine, node netip.Addr
	pods          netip.Prefix
}

// startNetwork makes the link and chooses networks that nobody uses.
func (n *Node) startNetwork(ctx context.Context) error {
	ip, err := findTool("ip")
	if err != nil {
		return err
	}
	w := &network{ip: ip, link: n.name}
	// A killed program's link goes with its namespaces, but the kernel takes its time.
	if err := w.remove(); err != nil {
		return err
	}
	n.network = w
	peer := fmt.Sprint(n.first.PID())
	err = w.run(ctx, "link", "add", w.link, "type", "veth", "peer", "name", "eth0", "netns", peer)
	if err == nil {
		err = w.run(ctx, "link", "set", w.link, "up")
	}
	if err == nil {
		err = w.claim(ctx)
	}
	if err != nil {
		return err
	}
	inside := [][]string{
		{"addr", "add", w.node.String() + "/30", "dev", "eth0"},
		{"link", "set", "eth0", "up"},
		// A packet of the node itself is routed before kube-proxy's rules give it the address
		// of an endpoint. Other nodes have a default route for that.
		{"route", "add", n.plane.ServiceCIDR(), "via", w.machine.String()},
	}
	if n.apiServer.IsValid() && n.apiServer != w.machine {
		inside = append(inside, []string{"route", "add", n.apiServer.String() + "/32", "via", w.machine.String()})
	}
	for _, args := range inside {
		if err := n.inside(ctx, insideCommand{path: ip, args: args}); err != nil {
			return err
		}
	}
	n.relay, err = startRelay(w.machine, n.plane.URL())
	return err
}

// claim takes the first network that no route leads to. The kernel accepts a route once,
// so of two nodes that find the same network free, one goes on to the next.
func (n *network) claim(ctx context.Context) error {
	used, err := n.routes(ctx)
	if err != nil {
		return err
	}
	hash := fnv.New32a()
	hash.Write([]byte(n.link))
	for i := range 256 * len(bases) {
		n.choose(bases[i/256], byte(hash.Sum32()+uint32(i)))
		if overlaps(used, n.pods) || overlaps(used, netip.PrefixFrom(n.machine, 30)) {
			continue
		}
		address := n.machine.String() + "/30"
		if err := n.run(ctx, "addr", "add", address, "dev", n.link); err != nil {
			return err
		}
		err := n.run(ctx, "route", "add", n.pods.String(), "via", n.node.String(), "dev", n.link)
		if err == nil {
			return nil
		}
		if !strings.Contains(err.Error(), "File exists") {
			return err
		}
		if err := n.run(ctx, "addr", "del", address, "dev", n.link); err != nil {
			return err
		}
	}
	return errors.New("no network is free for a node: routes lead to all of 10.200.0.0/15 and 172.30.0.0/15")
}

// choose sets the addresses of the network with the given number.
func (n *network) choose(base [2]netip.Addr, number byte) {
	at := func(base netip.Addr, last byte) netip.Addr {
		b := base.As4()
		b[2], b[3] = number, last
		return netip.AddrFrom4(b)
	}
	n.pods = netip.PrefixFrom(at(base[0], 0), 24)
	n.machine, n.node = at(base[1], 1), at(base[1], 2)
}

// routes returns where the routes of this machine lead, but for default routes.
func (n *network) routes(ctx context.Context) ([]netip.Prefix, error) {
	out, err := exec.CommandContext(ctx, n.ip, "-4", "-json", "route", "show", "table", "all").Output()
	if err != nil {
		return nil, fmt.Errorf("list routes: %w", err)
	}
	var list []struct {
		Dst string `json:"dst"`
	}
	if err := json.Unmarshal(out, &list); err != nil {
		return nil, fmt.Errorf("list routes: %w", err)
	}
	var used []netip.Prefix
	for _, route := range list {
		if addr, err := netip.ParseAddr(route.Dst); err == nil {
			used = append(used, netip.PrefixFrom(addr, addr.BitLen()))
		} else if prefix, err := netip.ParsePrefix(route.Dst); err == nil && prefix.Bits() > 0 {
			used = append(used, prefix)
		}
	}
	return used, nil
}

// overlaps says whether one of the used networks has addresses of p.
func overlaps(used []netip.Prefix, p netip.Prefix) bool {
	for _, u := range used {
		if u.Overlaps(p) {
			return true
		}
	}
	return false
}

// run runs ip on this machine.
func (n *network) run(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, n.ip, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

// remove removes the link, if it is there, and with it the routes over it.
func (n *network) remove() error {
	ctx, cancel := context.WithTimeout(context.Background(), removeBound)
	defer cancel()
	err := n.run(ctx, "link", "del", n.link)
	if err != nil && strings.Contains(err.Error(), "Cannot find device") {
		return nil
	}
	return err
}
