// Package corpus compares the routes of package topology with those of the AWS Load
// Balancer Controller's own code. README.md says what a case is.
package corpus
