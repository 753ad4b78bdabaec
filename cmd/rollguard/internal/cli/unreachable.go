package cli

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// plainly says of an API server that was not reached, or does not know who asks, what to
// do; what was asked of it does not matter then.
func plainly(err error) error {
	if apierrors.IsUnauthorized(err) {
		return errors.New("the API server does not know who you are: log in again; kubectl auth whoami asks the same")
	}
	var failed *url.Error
	if !errors.As(err, &failed) {
		return err
	}
	where, parseErr := url.Parse(failed.URL)
	if parseErr != nil {
		return err
	}
	why, advice := reason(failed)
	return fmt.Errorf("the API server at %s://%s cannot be asked: %s; %s", where.Scheme, where.Host, why, advice)
}

// reason is why a connection failed, in one line without the calls that led there, and what
// to do.
func reason(failed *url.Error) (why, advice string) {
	advice = "is it the cluster that you mean, and can kubectl reach it? See kubectl cluster-info"
	var name *net.DNSError
	var call *os.SyscallError
	switch {
	case errors.As(failed, &name) && name.IsNotFound:
		return "no such host", advice
	case errors.As(failed, &call):
		return call.Err.Error(), advice
	case failed.Timeout():
		return "no answer in time", advice
	}
	why, _, _ = strings.Cut(failed.Err.Error(), "\n")
	if strings.HasPrefix(why, "getting credentials") {
		advice = "does kubectl cluster-info work?"
	}
	return why, advice
}
