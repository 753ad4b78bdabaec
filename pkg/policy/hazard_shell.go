package policy

import (
	"fmt"
	"strings"

	"github.com/rollguard/rollguard/pkg/workload"
)

// shellIsFirst: a shell that is the first process of a container passes no signal on,
// and the kernel drops one that the first process does not handle (pid_namespaces(7)).
// The application then serves until the grace period ends, which loses no request but
// what is still running by then. Some shells replace themselves by a last command
// without being told; which do so depends on the image.
func shellIsFirst(e *evaluation) {
	for i := range e.author.Template.Containers {
		c := &e.author.Template.Containers[i]
		script, ok := shellScript(c)
		if ok && !strings.Contains(script, "exec ") && !strings.Contains(script, "trap ") && e.serves(c) {
			e.find(Skipped, ShellIsFirst, "", fmt.Sprintf("container %s starts in a shell, which may keep SIGTERM from the application, so that it is killed in the end: write exec before the program", c.Name))
		}
	}
}

// shellScript is what a container's command has a shell run: "sh -c SCRIPT", where the
// option may be one of several (-ec) and the script may stand among the arguments.
func shellScript(c *workload.Container) (string, bool) {
	if len(c.Command) == 0 || !isShell(c.Command[0]) {
		return "", false
	}
	option := false
	for _, words := range [2][]string{c.Command[1:], c.Args} {
		for _, word := range words {
			switch {
			case option:
				return word, true
			case !strings.HasPrefix(word, "-"):
				return "", false
			}
			option = strings.HasSuffix(word, "c") && !strings.HasPrefix(word, "--")
		}
	}
	return "", false
}
