package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/server"
)

// flags are what the command line says. Whatever concerns decisions stands in the
// configuration file; flags say where this process runs.
type flags struct {
	kubeconfig string
	pod        string
	service    string
	logLevel   string
	options    server.Options
}

func newCommand() *cobra.Command {
	f := &flags{}
	cmd := &cobra.Command{
		Use:           "rollguard-webhook",
		Short:         "The mutating admission webhook of Rollguard",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.complete(); err != nil {
				return err
			}
			return server.Run(cmd.Context(), f.options)
		},
	}
	flag, certs := cmd.Flags(), &f.options.Certificates
	flag.StringVar(&f.options.ConfigFile, "config", "", "configuration file, read again when it changes; without one the defaults hold")
	flag.StringVar(&f.kubeconfig, "kubeconfig", "", "kubeconfig file; without one the Pod's service account is used")
	flag.StringVar(&f.logLevel, "log-level", "info", "debug, info, warn or error")
	flag.StringVar(&f.options.Host, "host", "", "address that API servers call; all addresses by default")
	flag.IntVar(&f.options.Port, "port", 9443, "port that API servers call")
	flag.StringVar(&f.options.OpsAddress, "ops-address", ":8080", "address of /healthz, /readyz and /metrics")
	flag.DurationVar(&f.options.DrainDelay, "drain-delay", 5*time.Second, "how long requests are still answered after SIGTERM")
	flag.StringVar(&f.options.Clients.CAFile, "client-ca-file", "", "authority of the certificates that callers must show, PEM, read again when it changes; without one everybody may call")
	flag.StringSliceVar(&f.options.Clients.Names, "client-name", nil, "common or DNS name of such a certificate; any by default")
	flag.StringVar(&certs.CertFile, "cert-file", "", "serving certificate, PEM; without one Rollguard signs its own")
	flag.StringVar(&certs.KeyFile, "key-file", "", "key of the serving certificate, PEM")
	flag.StringVar(&certs.Certificate, "certificate", "", "cert-manager Certificate that --cert-file comes from, in --namespace; it is watched to say why there is no new one")
	flag.StringVar(&certs.Namespace, "namespace", "rollguard", "namespace that Rollguard runs in")
	flag.StringVar(&certs.Secret, "secret", "rollguard-certificates", "Secret of the self-signed certificates")
	flag.StringVar(&certs.Configuration, "webhook-configuration", "rollguard", "MutatingWebhookConfiguration that gets the CA bundle")
	flag.DurationVar(&certs.LeafLife, "certificate-life", 0, "life of a self-signed serving certificate; 0 is 90 days")
	flag.DurationVar(&certs.AuthorityLife, "authority-life", 0, "life of its authority; 0 is a year")
	flag.DurationVar(&certs.Settle, "trust-settle", 0, "how long API servers have known a new authority before it signs; 0 is a minute")
	flag.DurationVar(&certs.Overlap, "trust-overlap", 0, "how long an authority that went stays in the CA bundle; 0 is an hour")
	flag.StringVar(&f.options.Pod.Name, "pod-name", "", "Pod that this process runs in; Events about a bad configuration file or certificate go to it")
	flag.StringVar(&f.pod, "pod-uid", "", "UID of that Pod")
	flag.StringVar(&f.service, "service", "rollguard", "Service that API servers call")
	flag.StringVar(&f.options.Posture.Lease, "lease", "rollguard", "Lease of the replica that looks after Deployments which admission did not see; empty for none")
	flag.StringVar(&f.options.Posture.ProbeNamespace, "probe-namespace", "rollguard-probe", "namespace of the self-probe; empty for none")
	flag.DurationVar(&f.options.Posture.ProbeEvery, "probe-every", 0, "time between two self-probes; 0 is a minute")
	flag.StringSliceVar(&certs.DNSNames, "dns-name", nil, "further names in the self-signed certificate")
	return cmd
}

func (f *flags) complete() error {
	log, err := newLogger(f.logLevel)
	if err != nil {
		return err
	}
	collect(log)
	f.options.Log = log
	if f.options.Webhook, err = config.Load(f.options.ConfigFile); err != nil {
		return err
	}
	if f.options.Config, err = clientcmd.BuildConfigFromFlags("", f.kubeconfig); err != nil {
		return fmt.Errorf("how to reach the API server: %w", err)
	}
	f.options.Config = rest.AddUserAgent(f.options.Config, "rollguard-webhook")
	certs := &f.options.Certificates
	f.options.Pod.Namespace, f.options.Pod.UID = certs.Namespace, types.UID(f.pod)
	host := f.service + "." + certs.Namespace + ".svc"
	f.options.Posture.Configuration = certs.Configuration
	certs.DNSNames = append(certs.DNSNames, host)
	return nil
}
