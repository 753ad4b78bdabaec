// Package steady sends requests at a constant rate to any URL and counts what comes
// back, second by second: load for a user's own cluster, where k6 need not be.
//
// The loop is open: a slow answer does not spare the next request. Redirects are not
// followed, and no request is sent twice; Go's client would send one again by itself when
// a kept connection turns out to be closed, and so hide what is to be counted.
package steady
