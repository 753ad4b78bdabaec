package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/alb/lbc"
)

// settings are what the flags say.
type settings struct {
	kubeconfig, namespace, ingress string
	listen, nodeAddresses          string
	wait                           time.Duration
	alb                            alb.Parameters
	lags                           lbc.Lags
	// said are the flags as text, for the journal.
	said map[string]string
}

func parse(args []string) (settings, error) {
	s := settings{alb: alb.Defaults(), lags: lbc.DefaultLags(), said: map[string]string{}}
	flags := flag.NewFlagSet("albmodel", flag.ContinueOnError)
	flags.StringVar(&s.kubeconfig, "kubeconfig", "", "`file` that says where the API server is")
	flags.StringVar(&s.namespace, "namespace", "default", "`namespace` of the Ingress")
	flags.StringVar(&s.ingress, "ingress", "", "`name` of the Ingress")
	flags.StringVar(&s.listen, "listen", "127.0.0.1:0", "`address` for clients; every connection belongs to the next ALB node")
	flags.StringVar(&s.nodeAddresses, "cluster-nodes", "127.0.0.1", "`addresses` of the cluster's nodes, for instance targets")
	flags.DurationVar(&s.wait, "wait", time.Minute, "`time` to wait for the Ingress and its Service")
	flags.Uint64Var(&s.alb.Seed, "seed", 0, "`number` that decides every lag; 0 takes a random one")
	flags.IntVar(&s.alb.Nodes, "nodes", s.alb.Nodes, "`number` of ALB nodes")
	flags.TextVar(&s.alb.Propagation, "propagation", s.alb.Propagation, "`lag` from a call of AWS until a node acts: least, median, most")
	flags.BoolVar(&s.alb.LateChecks, "late-checks", s.alb.LateChecks, "the first health check of a target comes at the end of an interval")
	flags.DurationVar(&s.alb.ConnectTimeout, "connect-timeout", s.alb.ConnectTimeout, "`time` for a connection to a target")
	flags.DurationVar(&s.alb.IdleTimeout, "idle-timeout", s.alb.IdleTimeout, "`time` without a byte; an annotation of the Ingress beats it")
	flags.TextVar(&s.lags.Reaction, "reaction", s.lags.Reaction, "`lag` from a change of the endpoints to the call of AWS")
	flags.TextVar(&s.lags.FailOver, "fail-over", s.lags.FailOver, "`lag` until a new leader after SIGUSR1")
	flags.DurationVar(&s.lags.Requeue, "requeue", s.lags.Requeue, "`time` between two looks at targets with a readiness gate")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.alb.Seed == 0 {
		s.alb.Seed = rand.Uint64()
	}
	flags.VisitAll(func(f *flag.Flag) { s.said[f.Name] = f.Value.String() })
	switch {
	case flags.NArg() > 0:
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case s.ingress == "":
		return s, fmt.Errorf("-ingress is missing")
	case s.alb.Nodes < 1:
		return s, fmt.Errorf("-nodes %d: at least one is needed", s.alb.Nodes)
	}
	return s, nil
}
