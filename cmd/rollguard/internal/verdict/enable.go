package verdict

import (
	"fmt"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
)

// Enable is the command that enables the namespace of a Deployment. kubectl changes a label
// that is there only when it is told to.
func Enable(d *manifest.Deployment) string {
	text := fmt.Sprintf("kubectl label namespace %s %s=%s", d.Namespace, api.LabelInject, api.InjectEnabled)
	if d.Label != "" {
		text += " --overwrite"
	}
	return text
}
