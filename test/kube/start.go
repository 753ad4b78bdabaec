package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"
)

// startBound is how long Start may take in all, once the binaries are there. It
// takes seconds; the bound is for a machine that is busy with compiling.
const startBound = 2 * time.Minute

// portTries is how often Start chooses new ports when another program took one
// between the choice and its use.
const portTries = 5

// Options say how a control plane runs. The zero value is a good one.
type Options struct {
	// Binaries are the programs to run, etcd, kube-apiserver and kubectl. None
	// means those of EnsureBinaries, which may take minutes to build them.
	Binaries Binaries
	// Dir is the state folder. What an earlier control plane left in it,
	// processes included, is removed. Empty means a temporary folder that Stop
	// removes.
	Dir string
	// Log is where Start tells what it does; nil means nowhere. The logs of the
	// processes are in the folder logs of the state folder.
	Log io.Writer
	// APIServerArgs are further flags of kube-apiserver; of a flag that is
	// given twice the last counts, so these override the others.
	APIServerArgs []string
	// CertHosts are further names and IP addresses for which the certificate of
	// the API server is valid.
	CertHosts []string
	// AuditPolicy is the path of an audit policy file; the events it asks for
	// go to the file ControlPlane.AuditLog names. Empty means no audit log.
	AuditPolicy string
}

// Start starts etcd and kube-apiserver and returns when the API server is ready
// and the namespace default exists. Ctx bounds the start, which also has a bound
// of its own of 2 minutes after the binaries are built; it does not end the
// control plane: Stop does, or the end of this program. When a process ends
// during the start, the error carries the last lines of its log.
func Start(ctx context.Context, o Options) (*ControlPlane, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.Binaries == nil {
		var err error
		if o.Binaries, err = EnsureBinaries(ctx, o.Log); err != nil {
			return nil, err
		}
	}
	if o.AuditPolicy != "" {
		// The API server runs in another folder.
		var err error
		if o.AuditPolicy, err = filepath.Abs(o.AuditPolicy); err != nil {
			return nil, fmt.Errorf("audit policy: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, startBound)
	defer cancel()
	for try := 1; ; try++ {
		plane, err := startOnce(ctx, o)
		if err == nil {
			return plane, nil
		}
		if try == portTries || !portTaken(err) {
			return nil, fmt.Errorf("start control plane: %w", err)
		}
		fmt.Fprintln(o.Log, "Another program took a port: starting the control plane again.")
	}
}

// startOnce makes one attempt to start and leaves nothing behind if it fails.
func startOnce(ctx context.Context, o Options) (*ControlPlane, error) {
	begin := time.Now()
	s, err := openState(ctx, o.Dir)
	if err != nil {
		return nil, err
	}
	c := &ControlPlane{binaries: o.Binaries, state: s}
	c.stop = sync.OnceValue(c.end)
	if err := c.start(ctx, o); err != nil {
		// What stopping says about a process that died is known already.
		_ = c.Stop()
		return nil, err
	}
	fmt.Fprintf(o.Log, "Control plane ready after %.1f s at %s, state in %s.\n",
		time.Since(begin).Seconds(), c.URL(), c.Dir())
	return c, nil
}

// start brings up one process after the other.
func (c *ControlPlane) start(ctx context.Context, o Options) error {
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	if c.credentials, err = newCredentials(c.state, o.CertHosts); err != nil {
		return err
	}
	if err := c.startEtcd(ctx, ports[0], ports[1]); err != nil {
		return err
	}
	if err := c.startAPIServer(ctx, ports[2], o); err != nil {
		return err
	}
	return WriteKubeconfig(c.KubeconfigPath(), c.config)
}

// end stops what runs, the API server before its storage, and closes the state
// folder.
func (c *ControlPlane) end() error {
	var errs []error
	for _, p := range []*Process{c.apiServer, c.etcd} {
		if p != nil {
			errs = append(errs, p.Stop())
		}
	}
	errs = append(errs, c.state.close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("stop control plane: %w", err)
	}
	return nil
}
