// Package manifest is the offline state: files with Kubernetes objects, read as the
// webhook would see them once all of them are applied.
//
// [Read], [ReadPath] and [NewSet] go from bytes to objects; a [Set] then answers
// what the webhook would ask a cluster: the Namespace, the [topology.Graph], the
// Deployments. [File.Render] goes back: it writes patches into the documents that
// they are for and leaves every other byte as it was.
//
// An object that cannot be read is an [Error] with its file, document and line.
// Nothing is guessed in its place, as a lost Ingress would change what is decided.
package manifest
