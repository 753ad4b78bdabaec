// Package linediff compares two texts line by line and writes the difference as a
// unified diff. It follows Myers, "An O(ND) Difference Algorithm and Its Variations"
// (1986): fast where little differs, which is all that Rollguard needs.
package linediff
