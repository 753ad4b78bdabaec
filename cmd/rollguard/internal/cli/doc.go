// Package cli holds the commands of rollguard: flags in, streams out, and the exit
// code. What is decided is decided elsewhere.
package cli
