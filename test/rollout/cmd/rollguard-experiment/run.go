package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/rollguard/rollguard/test/rollout/steady"
)

// streams are where it asks and answers.
type streams struct {
	in  io.Reader
	out io.Writer
}

// measurement is one in progress.
type measurement struct {
	settings
	streams
	client   kubernetes.Interface
	server   string    // the API server's address
	begun    time.Time // when the rollout was
	complete time.Duration
	pods     *pods
}

// run measures one rollout and returns how many requests were lost.
func run(ctx context.Context, args []string, io streams) (lost int64, err error) {
	s, err := parse(args)
	if err != nil {
		return 0, err
	}
	m := &measurement{settings: s, streams: io}
	if err := m.connect(); err != nil {
		return 0, err
	}
	if err := m.prepare(); err != nil {
		return 0, err
	}
	d, err := m.deployment(ctx)
	if err != nil {
		return 0, err
	}
	if err := m.answers(); err != nil {
		return 0, err
	}
	if err := m.ask(ctx, d); err != nil {
		return 0, err
	}
	counts, err := m.measure(ctx)
	if counts == nil {
		return 0, err
	}
	lost, saved := m.report(counts)
	return lost, errors.Join(err, saved)
}

func (m *measurement) connect() error {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = m.kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: m.context}).ClientConfig()
	if err != nil {
		return fmt.Errorf("read kubeconfig: %w", err)
	}
	m.server = config.Host
	m.client, err = kubernetes.NewForConfig(config)
	return err
}

// answers tells whether the URL answers as it should, at least once of three times: a slip in it
// must not restart anything.
func (m *measurement) answers() error {
	l := steady.Load{URL: m.url, Timeout: min(m.timeout, 10*time.Second)}
	wrong := l.Once()
	for again := 0; again < 2 && wrong != ""; again++ {
		wrong = l.Once()
	}
	if wrong != "" {
		return fmt.Errorf("%s does not answer as it should before the restart (%s), so nothing was restarted", m.url, wrong)
	}
	return nil
}

func (m *measurement) deployment(ctx context.Context) (*appsv1.Deployment, error) {
	d, err := m.client.AppsV1().Deployments(m.namespace).Get(ctx, m.name, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("read Deployment %s/%s: %w", m.namespace, m.name, err)
	}
	return d, nil
}

// ask says what is to be done, and waits for a yes, or for the end of ctx.
func (m *measurement) ask(ctx context.Context, d *appsv1.Deployment) error {
	if *d.Spec.Replicas == 0 {
		return fmt.Errorf("deployment %s/%s has no Pods: there is nothing to measure", d.Namespace, d.Name)
	}
	if !complete(d) {
		return fmt.Errorf("deployment %s/%s is in a rollout, or not all of its Pods are available: a measurement now would say nothing", d.Namespace, d.Name)
	}
	fmt.Fprintf(m.out, "This restarts all %d Pods of Deployment %s/%s of the cluster at %s,\nas \"kubectl rollout restart\" does, and sends %d requests a second to %s,\nuntil %s after the rollout is complete, %s at most.\n",
		*d.Spec.Replicas, d.Namespace, d.Name, m.server, m.rate, m.url, m.after, m.limit)
	if m.yes {
		return nil
	}
	fmt.Fprint(m.out, "Type yes to go on: ")
	answered := make(chan string, 1)
	go func() {
		answer, _ := bufio.NewReader(m.in).ReadString('\n') // no answer is no yes
		answered <- strings.TrimSpace(answer)
	}()
	select {
	case answer := <-answered:
		if answer == "yes" {
			return nil
		}
	case <-ctx.Done():
	}
	return errors.New("nothing was done")
}

// measure rolls under load. With counts there is something to report, even with an error.
func (m *measurement) measure(ctx context.Context) (*steady.Counts, error) {
	ctx, cancel := context.WithTimeout(ctx, m.limit)
	defer cancel()
	var err error
	if m.pods, err = follow(ctx, m); err != nil {
		return nil, err
	}
	type sent struct {
		counts *steady.Counts
		err    error
	}
	done := make(chan sent, 1)
	loading, end := context.WithCancel(ctx)
	defer end()
	go func() {
		l := steady.Load{URL: m.url, Rate: m.rate, Timeout: m.timeout}
		counts, err := l.Run(loading)
		done <- sent{counts, err}
	}()
	err = m.roll(ctx)
	end()
	s := <-done
	return s.counts, errors.Join(err, s.err)
}

// roll restarts the Deployment and waits.
func (m *measurement) roll(ctx context.Context) error {
	if err := pause(ctx, m.before); err != nil {
		return err
	}
	if err := m.answers(); err != nil {
		return err
	}
	m.begun = time.Now()
	patch := fmt.Sprintf(`{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":%q}}}}}`, m.begun.Format(time.RFC3339))
	d, err := m.client.AppsV1().Deployments(m.namespace).Patch(ctx, m.name, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("restart: %w", err)
	}
	generation := d.Generation
	fmt.Fprintf(m.out, "Restarted. Waiting for the rollout; Ctrl-C ends the load and reports what was counted. The rollout goes on.\n")
	for {
		if d, err = m.deployment(ctx); err != nil {
			return err
		}
		if d.Status.ObservedGeneration >= generation && complete(d) {
			break
		}
		if err := pause(ctx, 500*time.Millisecond); err != nil {
			return fmt.Errorf("the rollout is not complete: %w", err)
		}
	}
	m.complete = time.Since(m.begun)
	fmt.Fprintf(m.out, "Complete after %.0f s; the load goes on for %s.\n", m.complete.Seconds(), m.after)
	return pause(ctx, m.after)
}

// complete is what "kubectl rollout status" waits for.
func complete(d *appsv1.Deployment) bool {
	s, want := &d.Status, *d.Spec.Replicas
	return s.ObservedGeneration >= d.Generation && s.UpdatedReplicas == want && s.Replicas == want && s.AvailableReplicas == want
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
