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
	failOver := make(chan os.Signal, 1)
	signal.Notify(failOver, syscall.SIGUSR1)
	defer signal.Stop(failOver)
	journal.Write(alb.Event{Type: "start", Start: map[string]any{
		"seed": s.alb.Seed, "address": listener.Addr().String(), "flags": s.said,
		"targetType": binding.TargetType, "targetGroup": fmt.Sprintf("%+v", binding.TargetGroup),
	}})
	if binding.TargetType == topology.TargetInstance {
		err = registerNodes(balancer, &s, binding)
	} else {
		watch := lbc.NewWatch(client, binding)
		controller := lbc.New(lbc.Options{
			Lags: s.lags, Clock: alb.RealClock{}, Dice: alb.Dice(s.alb.Seed), Journal: journal,
			LoadBalancer: balancer, Cluster: watch,
		})
		go loseLeader(ctx, controller, failOver)
		err = watch.Start(ctx, controller.Wake)
	}
	if ctx.Err() != nil {
		return nil // told to end while starting
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
		return fmt.Errorf("service %s/%s has no node port", b.Namespace, b.Service)
	}
	for _, address := range strings.Split(s.nodeAddresses, ",") {
		balancer.Register(net.JoinHostPort(strings.TrimSpace(address), strconv.Itoa(int(b.NodePort))), "")
	}
	return nil
}

// loseLeader passes the signal on.
func loseLeader(ctx context.Context, controller *lbc.Controller, failOver <-chan os.Signal) {
	for {
		select {
		case <-failOver:
			controller.FailOver()
		case <-ctx.Done():
			return
		}
	}
}
