package kube

import (
	"errors"
	"fmt"
	"net"
	"strings"
)

// loopback is the address everything listens on.
const loopback = "127.0.0.1"

// freePorts returns n different TCP ports that are free on the loopback
// address now. Another program may take one before its user does; then Start
// tries again, see portTaken.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		// All stay open until the end, or the kernel could hand out one twice.
		listener, err := net.Listen("tcp", net.JoinHostPort(loopback, "0"))
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// portTaken says whether a process ended because its port was in use.
func portTaken(err error) bool {
	var exit *exitError
	return errors.As(err, &exit) && strings.Contains(exit.tail, "address already in use")
}
