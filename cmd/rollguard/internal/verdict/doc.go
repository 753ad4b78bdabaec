// Package verdict takes the Deployments of a manifest set down the same road as the
// webhook, and keeps for each what was decided and why it was, or was not, asked.
package verdict
