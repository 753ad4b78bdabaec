// Package filelock holds a lock file for the life of a process: the kernel
// drops the lock when its holder dies, however it dies, so that a killed build
// or test run never blocks the next one.
package filelock
