package topology

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/intstr"
)

// ports are those that an Ingress asks its load balancer to listen on, with
// their protocols (LBC pkg/ingress/model_build_listener.go).
type ports map[int32]string

func listenersOf(a annotations, params *IngressClassParams) (ports, error) {
	const name = "listen-ports"
	if _, ok := a.lookup(name); !ok {
		if len(params.CertificateARNs) > 0 || len(a.list("certificate-arn")) > 0 {
			return ports{443: "HTTPS"}, nil
		}
		return ports{80: "HTTP"}, nil
	}
	var entries []map[string]int32
	if _, err := a.structure(name, &entries); err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, unusable(name, "it is empty")
	}
	out := ports{}
	for _, entry := range entries {
		for protocol, port := range entry {
			if protocol != "HTTP" && protocol != "HTTPS" {
				return nil, unusable(name, "%q is none of HTTP, HTTPS", protocol)
			}
			if port < 1 || port > 65535 {
				return nil, unusable(name, "%d is not a port from 1 to 65535", port)
			}
			out[port] = protocol
		}
	}
	return out, nil
}

// merge adds the listeners of another member of the group.
func (l ports) merge(more ports) error {
	for port, protocol := range more {
		if known, ok := l[port]; ok && known != protocol {
			return fmt.Errorf("has members that disagree about the protocol of port %d", port)
		}
		l[port] = protocol
	}
	return nil
}

// forwards tells whether any listener does more than to redirect to HTTPS.
func (l ports) forwards(redirected bool) bool {
	for _, protocol := range l {
		if protocol == "HTTPS" || !redirected {
			return true
		}
	}
	return false
}

// sslRedirect is the port to which the group's HTTP listeners redirect everything, 0
// for none (LBC pkg/ingress/model_builder.go).
func sslRedirect(members []*member, all ports) (int32, error) {
	var asked []int32
	for _, m := range members {
		if text := m.class.params.SSLRedirectPort; text != "" {
			port := parsePort(text)
			if port.Type != intstr.Int {
				return 0, nil // LBC then redirects nothing at all
			}
			asked = append(asked, port.IntVal)
			continue
		}
		if _, ok := m.annotations.lookup("ssl-redirect"); !ok {
			continue
		}
		port, err := m.annotations.number("ssl-redirect", 0)
		if err != nil {
			return 0, err
		}
		asked = append(asked, port)
	}
	slices.Sort(asked)
	asked = slices.Compact(asked)
	switch {
	case len(asked) == 0:
		return 0, nil
	case len(asked) > 1:
		return 0, fmt.Errorf("has several ports to redirect to: %v", asked)
	case all[asked[0]] != "HTTPS":
		return 0, fmt.Errorf("redirects to port %d, where nothing listens for HTTPS", asked[0])
	}
	return asked[0], nil
}
