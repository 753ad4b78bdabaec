package topology

import (
	"strings"
	"testing"
)

func TestOnlyAPathThatAWSTakesIsTakenForOne(t *testing.T) {
	for path, want := range map[string]bool{
		"/": true, "/health?ready=1": true, "/a/b_c~d%20e": true, "/" + strings.Repeat("x", 1023): true,
		"": false, "health": false, "http://x/": false, "/" + strings.Repeat("x", 1024): false,
		"/a b": false, "/a\n": false, "/\x1b[31mred": false, "/\u202e": false, "/\x00": false,
	} {
		if got := usablePath(path); got != want {
			t.Errorf("%.40q: %t", path, got)
		}
	}
}
