// Package metrics counts what the webhook does, for Prometheus.
//
// The labels are bounded: the caller gives the words that may occur, every series
// exists from the start, and any other word is counted as "other". No label ever
// holds the name of an object. Recording allocates nothing and takes no lock.
package metrics
