package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/alb/lbc"
)

// run serves until ctx is done and writes the journal to out.
func run(ctx context.Context, args []string, out io.Writer) error {
	s, err := parse(args)
	if err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", s.kubeconfig)
	if err != nil {
		return fmt.Errorf("read kubeconfig: %w", err)
	}
	// The lags are the model's; the client is not to add its own.
	config.QPS, config.Burst = 1000, 2000
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("make client: %w", err)
	}
	binding, err := await(ctx, client, &s)
	if err != nil {
		return err
	}
	if binding.IdleTimeout > 0 {
		s.alb.IdleTimeout = binding.IdleTimeout
	}
	journal := alb.NewJournal(out, alb.RealClock{})
	balancer := alb.New(alb.Options{Parameters: s.alb, TargetGroup: binding.TargetGroup, Clock: alb.RealClock{}, Journal: journal})
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	journal.Write(alb.Event{Type: "start", Start: map[string]any{
		"seed": s.alb.Seed, "address": listener.Addr().String(), "flags": s.said,
		"targetType": binding.TargetType, "targetGroup": fmt.Sprintf("%+v", binding.TargetGroup),
	}})
	if binding.TargetType == topology.TargetInstance {
		err = registerNodes(balancer, &s, binding)
	} else {
		err = follow(ctx, &s, client, binding, lbc.Options{Journal: journal, LoadBalancer: balancer})
	}
	if err != nil {
		return err
	}
	return balancer.Serve(ctx, listener)
}

// await reads the Ingress, again and again until it and its Service are there.
func await(ctx context.Context, client kubernetes.Interface, s *settings) (lbc.Binding, error) {
	ctx, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	for tick := time.Tick(200 * time.Millisecond); ; {
		b, err := lbc.Read(ctx, client, s.namespace, s.ingress)
		if err == nil {
			return b, nil
		}
		select {
		case <-tick:
		case <-ctx.Done():
			return b, errors.Join(err, context.Cause(ctx))
		}
	}
}

// registerNodes is all that LBC does for instance targets: what happens to Pods is the
// business of kube-proxy (LBC controllers/elbv2/eventhandlers/endpointslices.go).
func registerNodes(balancer *alb.ALB, s *settings, b lbc.Binding) error {
	if b.NodePort == 0 {
		return fmt.Errorf("Service %s/%s has no node port", b.Namespace, b.Service)
	}
	for _, address := range strings.Split(s.nodeAddresses, ",") {
		balancer.Register(net.JoinHostPort(strings.TrimSpace(address), strconv.Itoa(int(b.NodePort))), "")
	}
	return nil
}

// follow starts the controller.
func follow(ctx context.Context, s *settings, client kubernetes.Interface, b lbc.Binding, o lbc.Options) error {
	watch := lbc.NewWatch(client, b)
	o.Lags, o.Clock, o.Dice, o.Cluster = s.lags, alb.RealClock{}, alb.Dice(s.alb.Seed), watch
	controller := lbc.New(o)
	failOver := make(chan os.Signal, 1)
	signal.Notify(failOver, syscall.SIGUSR1)
	go func() {
		defer signal.Stop(failOver)
		for {
			select {
			case <-failOver:
				controller.FailOver()
			case <-ctx.Done():
				return
			}
		}
	}()
	return watch.Start(ctx, controller.Wake)
}
