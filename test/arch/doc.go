// Package arch holds the tests of the project's shape: which package may import
// which, that each directory says what it is for, and that the catalogue, the rules
// and the annotations are complete.
package arch
