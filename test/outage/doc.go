// Package outage takes the webhook away from a control plane of its own, and breaks the
// road to it, one fault at a time: what is written meanwhile is found afterwards, and
// the self-probe names the fault.
//
// The webhook configuration is the manifest's, with failurePolicy Ignore, so writes go
// on.
package outage
