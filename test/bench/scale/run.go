package scale

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

// Options say what is run.
type Options struct {
	World World
	// Bin is the folder of the built webhook. Before is one of another build to measure
	// first, empty for none.
	Bin, Before string
	// Heap is a file for a heap profile of the live state, empty for none.
	Heap string
	// Audit measures the command "rollguard audit" and nothing else.
	Audit bool
	Out   io.Writer
}

const (
	lookups        = 20000
	changesOfGroup = 40
	churnPerSecond = 50
)

// Run makes the cluster, starts the webhook, measures and prints.
func Run(ctx context.Context, o Options) (err error) {
	r := report{o.Out}
	plane, err := kube.Start(ctx, kube.Options{Log: o.Out})
	if err != nil {
		return err
	}
	defer func() {
		if stopErr := plane.Stop(); err == nil {
			err = stopErr
		}
	}()
	r.section(fmt.Sprintf("Making %d namespaces, and one with %d Ingresses and Services", o.World.Namespaces, o.World.Crowd))
	if err := o.World.Create(ctx, plane, o.Out); err != nil {
		return err
	}
	clients, err := clientsFor(plane.RESTConfig())
	if err != nil {
		return err
	}
	m := &measurement{report: r, Options: o, plane: plane, clients: clients}
	if o.Audit {
		return m.audit(ctx)
	}
	for _, bin := range []string{o.Before, o.Bin} {
		if bin == "" {
			continue
		}
		if err := m.webhook(ctx, bin); err != nil {
			return err
		}
	}
	return m.inProcess(ctx)
}

type measurement struct {
	report
	Options

	plane   *kube.ControlPlane
	clients kubernetes.Interface
}

// webhook measures the real program from outside.
func (m *measurement) webhook(ctx context.Context, bin string) error {
	m.section(fmt.Sprintf("The webhook of %s, with the memory limit of the manifest, on %d cores", bin, runtime.NumCPU()))
	addresses, err := install.FreeAddresses()
	if err != nil {
		return err
	}
	if err := install.Apply(ctx, m.plane, install.Call{URL: addresses.URL()}); err != nil {
		return err
	}
	start := time.Now()
	webhook, err := install.StartBinary(ctx, m.plane, install.Program{Bin: bin, Addresses: addresses})
	if err != nil {
		return err
	}
	defer webhook.Stop()
	ready := time.Since(start)
	m.judge("from start to ready", ready.Round(10*time.Millisecond).String(), barReady.String(), ready <= barReady)
	if err := m.memory("when ready", webhook.PID()); err != nil {
		return err
	}
	caller, err := newCaller(ctx, m.clients, addresses.URL())
	if err != nil {
		return err
	}
	if err := m.admissions(ctx, caller); err != nil {
		return err
	}
	return m.memory("after all that", webhook.PID())
}

// admissions asks once for each namespace, again, and again while Ingresses change.
func (m *measurement) admissions(ctx context.Context, c *caller) error {
	for _, when := range []string{"admission, first in its namespace", "admission, later"} {
		took, err := c.times(ctx, m.World.everywhere())
		if err != nil {
			return err
		}
		m.figure(when, took.String())
	}
	churning, stop := context.WithCancel(ctx)
	type result struct {
		changes int
		err     error
	}
	ended := make(chan result, 1)
	go func() {
		changes, err := m.World.churn(churning, m.clients, churnPerSecond)
		ended <- result{changes, err}
	}()
	start := time.Now()
	took, err := c.times(ctx, m.World.everywhere())
	span := time.Since(start)
	stop()
	if churned := <-ended; err == nil {
		err = churned.err
		m.figure(fmt.Sprintf("admission, while %.0f Ingresses change in a second", float64(churned.changes)/span.Seconds()), took.String())
	}
	return err
}

// inProcess measures lookups in this process.
func (m *measurement) inProcess(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l, err := newLooker(ctx, m.plane.RESTConfig())
	if err != nil {
		return err
	}
	m.section("Lookups in process")
	if err := m.lookups(ctx, l); err != nil {
		return err
	}
	if err := m.flat(ctx, l); err != nil {
		return err
	}
	cost, err := m.World.events(ctx, m.clients, l, changesOfGroup)
	if err != nil {
		return err
	}
	m.figure("a changed Ingress is seen in another namespace of its group", cost.seen.String())
	m.figure("graphs that such a change makes wrong, of "+fmt.Sprint(m.World.Namespaces), fmt.Sprint(cost.rebuilt))
	return m.heap()
}

func (m *measurement) lookups(ctx context.Context, l *looker) error {
	if _, err := m.World.askAll(ctx, l); err != nil {
		return err
	}
	places := make([]place, lookups)
	for i := range places {
		places[i] = m.World.somewhere()
	}
	runtime.GC()
	warm, err := l.times(ctx, places)
	if err != nil {
		return err
	}
	m.judge("a lookup adds", warm.String(), "p99 "+barLookup.String(), warm.at(99) <= barLookup)
	l.forgetGraphs()
	cold, err := m.World.askAll(ctx, l)
	if err != nil {
		return err
	}
	m.figure("a lookup for which the graph is built", cold.String())
	return nil
}

// flat compares the crowded namespace with the small one.
func (m *measurement) flat(ctx context.Context, l *looker) error {
	took := map[string]percentiles{}
	for _, namespace := range []string{Small, Crowded} {
		places := make([]place, lookups)
		for i := range places {
			places[i] = place{namespace, appName(i % 5)}
		}
		start := time.Now()
		if _, err := l.look(ctx, namespace, appName(0)); err != nil {
			return err
		}
		m.figure("the graph of namespace "+namespace+" is built in", rounded(time.Since(start)).String())
		var err error
		if took[namespace], err = l.times(ctx, places); err != nil {
			return err
		}
		m.figure("a lookup in namespace "+namespace, took[namespace].String())
	}
	ratio := float64(took[Crowded].at(50)) / float64(took[Small].at(50))
	m.judge(fmt.Sprintf("%d Ingresses and Services against 10 objects, p50", m.World.Crowd), fmt.Sprintf("%.2f times", ratio), fmt.Sprintf("%g times", barFlat), ratio <= barFlat)
	return nil
}

// heap writes the profile of this process, which holds the same state.
func (m *measurement) heap() error {
	if m.Heap == "" {
		return nil
	}
	file, err := os.Create(m.Heap)
	if err != nil {
		return err
	}
	runtime.GC()
	if err := pprof.WriteHeapProfile(file); err != nil {
		return err
	}
	return file.Close()
}
