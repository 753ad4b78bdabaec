// Package cluster is the live state: what a request must know of the cluster, kept
// ready in memory.
//
// Informers feed it. Each namespace has one immutable topology graph, built when it
// is first asked for and thrown away when something in it changes, so that an
// admission is a map read and a walk over the Services of one Deployment. Cached
// objects are stripped to the fields in use.
//
// Kinds that come with CustomResourceDefinitions are optional: a watch opens when the
// kind appears and closes when it goes, without a restart. What exists and cannot be
// read is said to be hidden, and the graph makes gaps of it.
//
// What it reads stands in [Reads]. It writes nothing.
package cluster
