package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/child"
)

// balancer is a running albmodel.
type balancer struct {
	cmd     *exec.Cmd
	address string
	ended   chan struct{}
	err     error // of the process, once it has ended

	mu     sync.Mutex
	events []alb.Event
	broken error // of the journal
}

// startBalancer starts the model for the Ingress web of a namespace and returns when it
// listens. It may wait a minute for the Ingress.
func (l *Lab) startBalancer(ctx context.Context, namespace string, flags []string) (*balancer, error) {
	b := &balancer{ended: make(chan struct{})}
	args := []string{"-kubeconfig", l.cluster.KubeconfigPath(), "-namespace", namespace, "-ingress", "web"}
	b.cmd = exec.Command(l.program("albmodel"), slices.Concat(args, flags)...)
	b.cmd.SysProcAttr = child.Attributes()
	said := &tail{}
	b.cmd.Stderr = said
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the load balancer: %w", err)
	}
	started := make(chan struct{})
	go func() {
		b.read(out, started)
		b.err = b.cmd.Wait()
		close(b.ended)
	}()
	select {
	case <-started:
		return b, nil
	case <-b.ended:
		return nil, fmt.Errorf("the load balancer ended at once: %w: %s", b.err, said)
	case <-ctx.Done():
		return nil, errors.Join(context.Cause(ctx), b.stop())
	}
}

// read keeps the journal.
func (b *balancer) read(out io.Reader, started chan<- struct{}) {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var e alb.Event
		if err := json.Unmarshal(line, &e); err != nil {
			b.mu.Lock()
			b.broken = fmt.Errorf("journal of the load balancer: %w", err)
			b.mu.Unlock()
			continue
		}
		if start, ok := e.Start.(map[string]any); ok && e.Type == "start" {
			b.address, _ = start["address"].(string)
			close(started)
		}
		b.mu.Lock()
		b.events = append(b.events, e)
		b.mu.Unlock()
	}
}

// journal is what was written so far.
func (b *balancer) journal() []alb.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clip(b.events)
}

// responses are those since an event of the journal.
func responses(events []alb.Event) []alb.Responses {
	var out []alb.Responses
	for _, e := range events {
		if e.Type == "second" {
			out = append(out, e.Responses...)
		}
	}
	return out
}

// inUse returns to how many Pods every node of the load balancer sends, and whether one
// of the nodes sends to any other.
func (b *balancer) inUse(nodes int, wanted map[string]bool) (all int, others bool) {
	sent := map[string]map[int]bool{}
	for _, e := range b.journal() {
		if e.Type != "target" || e.Node == 0 {
			continue
		}
		if sent[e.Pod] == nil {
			sent[e.Pod] = map[int]bool{}
		}
		sent[e.Pod][e.Node] = e.State == alb.Healthy
	}
	for pod, by := range sent {
		n := 0
		for _, yes := range by {
			if yes {
				n++
			}
		}
		switch {
		case wanted[pod] && n == nodes:
			all++
		case !wanted[pod] && n > 0:
			others = true
		}
	}
	return all, others
}

// loseLeader takes the controller its leader.
func (b *balancer) loseLeader() error {
	if err := b.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		return fmt.Errorf("take the controller its leader: %w", err)
	}
	return nil
}

// stop ends the model, and waits.
func (b *balancer) stop() error {
	_ = b.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-b.ended:
	case <-time.After(10 * time.Second):
		_ = b.cmd.Process.Kill()
		<-b.ended
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return errors.Join(fmt.Errorf("load balancer: %w", b.err), b.broken)
	}
	return b.broken
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-2000):]
	return len(p), nil
}

// String is what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
