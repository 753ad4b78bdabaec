package load

import (
	"context"
	"fmt"
	"time"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

// Times are those of a Pod that goes.
type Times struct {
	// EndpointsLag is from the end of a Pod's life to its address leaving the list.
	EndpointsLag time.Duration
	// Sleep and Drain are preStopSleepSeconds and drainSeconds of the chart.
	Sleep, Drain time.Duration
	// Noticed is how long a killed process stays on the list: the kubelet looks, then the
	// endpoints follow.
	Noticed time.Duration
}

// cluster are the replicas and what stands around them.
type cluster struct {
	plane    *kube.ControlPlane
	bin      string
	balancer *Balancer
	times    Times
	flags    []string
	replicas []*replica
	leaving  []<-chan error
}

// replica is one Pod.
type replica struct {
	*install.Binary
	address string
}

// surge starts a replica and lists it when it is ready.
func (c *cluster) surge(ctx context.Context) error {
	addresses, err := install.FreeAddresses()
	if err != nil {
		return err
	}
	flags := append([]string{"--drain-delay", c.times.Drain.String(), "--probe-namespace", ""}, c.flags...)
	binary, err := install.StartBinary(ctx, c.plane, install.Program{Bin: c.bin, Addresses: addresses, Flags: flags})
	if err != nil {
		return err
	}
	r := &replica{binary, fmt.Sprintf("127.0.0.1:%d", addresses.Port)}
	c.balancer.Add(r.address)
	c.replicas = append(c.replicas, r)
	return nil
}

// roll replaces the oldest replica as a Deployment with maxUnavailable 0 and maxSurge 1
// does: the next one does not wait for the Pod that goes.
func (c *cluster) roll(ctx context.Context) error {
	if err := c.surge(ctx); err != nil {
		return err
	}
	old := c.replicas[0]
	c.replicas = c.replicas[1:]
	gone := make(chan error, 1)
	c.leaving = append(c.leaving, gone)
	go func() { gone <- c.leave(ctx, old) }()
	return nil
}

// leave is the end of a Pod: its address leaves the list while preStop sleeps, then the
// process is told.
func (c *cluster) leave(ctx context.Context, r *replica) error {
	lag := time.AfterFunc(c.times.EndpointsLag, func() { c.balancer.Remove(r.address) })
	defer lag.Stop()
	if err := pause(ctx, c.times.Sleep); err != nil {
		return err
	}
	c.balancer.Remove(r.address)
	if err := r.Signal(); err != nil {
		return err
	}
	<-r.Done
	return r.Err
}

// left waits for all that are leaving.
func (c *cluster) left() error {
	for _, gone := range c.leaving {
		if err := <-gone; err != nil {
			return fmt.Errorf("a replica that was rolled: %w", err)
		}
	}
	c.leaving = nil
	return nil
}

// kill ends the oldest replica without a word, and starts another when it is noticed.
func (c *cluster) kill(ctx context.Context) error {
	old := c.replicas[0]
	c.replicas = c.replicas[1:]
	old.Kill()
	if err := pause(ctx, c.times.Noticed); err != nil {
		return err
	}
	c.balancer.Remove(old.address)
	return c.surge(ctx)
}

// stop ends all replicas.
func (c *cluster) stop() {
	for _, r := range c.replicas {
		_ = r.Signal()
	}
	for _, r := range c.replicas {
		<-r.Done
	}
}

// pause waits as a cluster does.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
