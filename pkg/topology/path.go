package topology

// longestPath is the longest path of a health check that AWS takes, in bytes (Elastic
// Load Balancing API reference, CreateTargetGroup).
const longestPath = 1024

// usablePath tells whether a health check's path can be one of HTTP at all. Annotations
// are text from anybody: what is no path must not become a probe.
func usablePath(path string) bool {
	if path == "" || path[0] != '/' || len(path) > longestPath {
		return false
	}
	for _, c := range []byte(path) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}
