// Package release holds the tests of what a release publishes beside the chart: the image
// of an architecture that is not this machine's, and the list of what is in the programs.
package release
