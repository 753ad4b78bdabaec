// Package report explains verdicts: as JSON for programs, as text for people.
package report
