// Package report writes what came of the experiment for people: README.md with tables,
// and the pictures. Everything in it follows from results.json.
//
// report.go puts the sections together, one file has each kind of section, verdict.go
// says what holds and what does not.
package report
