// Package provenance answers who wrote a field of a Deployment: its author, the API
// server's defaulting, or Rollguard.
//
// The API server fills in defaults before it calls a webhook, so a value that
// equals the default says nothing by itself. What does: the fields of an Apply
// entry in managedFields, the last-applied annotation of kubectl, and Rollguard's
// own record (see [Record]). Update entries of managedFields prove nothing: they
// own defaults too (structured-merge-diff merge/update.go).
package provenance
