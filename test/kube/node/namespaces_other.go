//go:build !linux

package node

import (
	"context"
	"errors"
)

// errNotLinux is what remains where requirements has failed before.
var errNotLinux = errors.New("a node needs Linux")

type namespaces struct{}

func (n *Node) startNamespaces(context.Context) error { return errNotLinux }

func (n *Node) inside(context.Context, insideCommand) error { return errNotLinux }

func (n *namespaces) enter() error { return errNotLinux }

func (n *namespaces) close() {}
