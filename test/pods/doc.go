// Package pods holds the tests of Rollguard as it runs for its users: the image that the
// Dockerfile makes, installed with the commands of the guides, as Pods of a real node,
// called by a real API server through the Service.
//
// The API server runs on this machine, outside of the node's network. It finds a Service
// as managed control planes do, by the addresses of its ready endpoints
// (--enable-aggregator-routing), and calls the Pods there, over the link to the node.
package pods
