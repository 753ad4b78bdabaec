package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/clock"

	"github.com/rollguard/rollguard/certs"
)

// The reasons of the Events about the serving certificate.
const (
	reasonCertificateExpires = "CertificateExpires"
	reasonCertificateRenewed = "CertificateRenewed"
)

const (
	// expiryEvery is how often the certificate is looked at.
	expiryEvery = time.Minute
	// expiryAgain is when an Event is written again: API servers keep one for an hour by
	// default, and whoever looks later shall see it too.
	expiryAgain = time.Hour
)

// expiry tells of a certificate that was not renewed in time, on the Pod, and once more
// when it was.
type expiry struct {
	source certs.Source
	clock  clock.WithTicker
	tell   func(context.Context, note) error
	log    *zap.Logger

	toldAt time.Time // zero while there is nothing to tell of
	looked bool
}

// start looks until ctx ends.
func (e *expiry) start(ctx context.Context) error {
	ticker := e.clock.NewTicker(expiryEvery)
	defer ticker.Stop()
	for {
		e.look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C():
		}
	}
}

func (e *expiry) look(ctx context.Context) {
	now := e.clock.Now()
	problem := e.problem(now)
	switch {
	case problem == nil && e.toldAt.IsZero():
		return
	case problem == nil:
		e.toldAt = time.Time{}
		e.say(ctx, note{corev1.EventTypeNormal, reasonCertificateRenewed,
			"the serving certificate is renewed and ends at " + e.source.NotAfter().UTC().Format(time.RFC3339)})
	case e.toldAt.IsZero() || !now.Before(e.toldAt.Add(expiryAgain)):
		e.toldAt = now
		e.say(ctx, note{corev1.EventTypeWarning, reasonCertificateExpires, problem.Error()})
	}
}

// problem is what is wrong with the certificate, and why, or nil. That there is none yet
// is normal at the first look.
func (e *expiry) problem(now time.Time) error {
	first := !e.looked
	e.looked = true
	served, err := e.source.GetCertificate(nil)
	switch {
	case err != nil && first:
		return nil
	case err != nil:
		return err // it has the reason in it
	case served.Leaf == nil:
		return errors.New("the serving certificate cannot be read")
	}
	end := e.source.NotAfter()
	if now.Before(certs.NoticeAt(served.Leaf, end)) {
		return nil
	}
	text := fmt.Sprintf("the serving certificate ends at %s and was not renewed; from then on API servers do not accept it", end.UTC().Format(time.RFC3339))
	if !now.Before(end) {
		text = fmt.Sprintf("the serving certificate ended at %s: API servers do not accept it", end.UTC().Format(time.RFC3339))
	}
	if why := e.source.Trouble(); why != nil {
		return fmt.Errorf("%s: %w", text, why)
	}
	return errors.New(text)
}

func (e *expiry) say(ctx context.Context, n note) {
	if n.kind == corev1.EventTypeWarning {
		e.log.Warn("the serving certificate is not in order", zap.String("detail", n.text))
	} else {
		e.log.Info("the serving certificate is in order again", zap.String("detail", n.text))
	}
	if err := e.tell(ctx, n); err != nil && ctx.Err() == nil {
		e.log.Warn("no Event tells of the certificate", zap.Error(err))
	}
}
