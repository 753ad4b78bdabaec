// Command demo does Rollguard's main job on this machine: it starts a real API
// server and the webhook, applies the example with kubectl, and shows what was
// admitted and why.
package main
