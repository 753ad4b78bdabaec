// Package api holds the words that users type: the label and annotation keys, their
// values, and how a Namespace's and a Deployment's annotations, a profile and the
// built-in defaults become [Settings].
//
// Every value in [Settings] knows where it came from, so that "rollguard explain"
// can say it. A bad value never fails anything: it is reported as a [Problem] and
// the next source in line is used.
//
// To add an annotation, add one entry to the list in annotations.go and one field to
// [Settings].
package api
