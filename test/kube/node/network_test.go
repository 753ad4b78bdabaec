package node

import (
	"net/netip"
	"testing"
)

func TestANetworkThatARouteLeadsToIsNotTaken(t *testing.T) {
	used := []netip.Prefix{netip.MustParsePrefix("10.200.7.128/25"), netip.MustParsePrefix("192.0.2.0/24")}
	tests := []struct {
		name   string
		number byte
		want   bool
	}{
		{"a part of it is used", 7, true},
		{"the one beside it", 8, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := &network{}
			n.choose(bases[0], test.number)
			if got := overlaps(used, n.pods); got != test.want {
				t.Errorf("%s overlaps: %v, want %v", n.pods, got, test.want)
			}
		})
	}
}

func TestTheAddressesOfANetwork(t *testing.T) {
	n := &network{}
	n.choose(bases[1], 42)
	for _, test := range []struct{ name, got, want string }{
		{"Pods", n.pods.String(), "172.30.42.0/24"},
		{"this machine", n.machine.String(), "172.31.42.1"},
		{"node", n.node.String(), "172.31.42.2"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %s, want %s", test.name, test.got, test.want)
		}
	}
}
