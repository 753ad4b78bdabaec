package workload

import (
	"strconv"
	"strings"
)

// Keys are the object keys and array indexes that lead to a field in this very
// object, or nil when the path is unknown or names a container it does not have.
func (d *Deployment) Keys(p Path) []string {
	if !p.Known() {
		return nil
	}
	name, field := p.Container()
	if name == "" {
		return strings.Split(string(p), ".")
	}
	for i := range d.Template.Containers {
		if d.Template.Containers[i].Name == name {
			keys := []string{"spec", "template", "spec", "containers", strconv.Itoa(i)}
			return append(keys, strings.Split(field, ".")...)
		}
	}
	return nil
}
