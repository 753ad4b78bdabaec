package main

import (
	"errors"
	"flag"
	"fmt"
	"net/url"
	"time"
)

// settings are what the flags say.
type settings struct {
	url, namespace, name, kubeconfig, context, folder string

	rate                          int
	before, after, limit, timeout time.Duration
	yes                           bool
}

func parse(args []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("rollguard-experiment", flag.ContinueOnError)
	flags.StringVar(&s.url, "url", "", "`URL` that every request asks for, through the load balancer; it is fetched with GET")
	flags.StringVar(&s.namespace, "namespace", "default", "`namespace` of the Deployment")
	flags.StringVar(&s.name, "deployment", "", "`name` of the Deployment to restart")
	flags.StringVar(&s.kubeconfig, "kubeconfig", "", "`file`; without it kubectl's rules hold ($KUBECONFIG, ~/.kube/config)")
	flags.StringVar(&s.context, "context", "", "`name` of a context of the kubeconfig")
	flags.IntVar(&s.rate, "rate", 50, "`requests` a second")
	flags.DurationVar(&s.before, "before", 10*time.Second, "`time` of load before the restart")
	flags.DurationVar(&s.after, "after", time.Minute, "`time` of load after the rollout is complete: the load balancer's lag, and the sleep of the last Pods")
	flags.DurationVar(&s.limit, "limit", 15*time.Minute, "`time` after which it ends, complete or not")
	flags.DurationVar(&s.timeout, "timeout", time.Minute, "`time` that one answer may take")
	flags.StringVar(&s.folder, "out", "rollguard-experiment-"+time.Now().Format("20060102-150405"), "`folder` for result.json and rollout.svg, which must not be there yet")
	flags.BoolVar(&s.yes, "yes", false, "do not ask")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	return s, s.check(flags.Args())
}

func (s *settings) check(rest []string) error {
	target, err := url.Parse(s.url)
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case s.name == "":
		return errors.New("-deployment is missing: which Deployment is to be restarted?")
	case s.url == "":
		return errors.New("-url is missing: where are requests to go?")
	case err != nil || target.Host == "" || (target.Scheme != "http" && target.Scheme != "https"):
		return fmt.Errorf("-url %q is no URL with http:// or https://", s.url)
	case s.rate < 1 || s.rate > 5000:
		return fmt.Errorf("-rate %d is not between 1 and 5000", s.rate)
	case s.before < 0 || s.after < 0 || s.limit <= 0 || s.timeout <= 0:
		return errors.New("a time is below 0, or -limit or -timeout is 0")
	case s.limit <= s.before:
		return fmt.Errorf("-limit %s is over before the restart, which comes after -before %s", s.limit, s.before)
	}
	return nil
}
