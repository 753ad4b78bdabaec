package live

import (
	"context"
	"fmt"
	"path"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/config"
)

// configPoints reads the configuration file of the webhook where it comes from a
// ConfigMap, as profiles and bounds stand in it. Without one, or where it cannot be read,
// the defaults are held against annotations.
func (l *look) configPoints(ctx context.Context) []Point {
	l.config, _ = config.Load("") // the defaults cannot fail
	defer func() { l.resolver = config.Resolver(l.config) }()
	name, key := l.configFile()
	if name == "" {
		return nil
	}
	called := fmt.Sprintf("ConfigMap %s/%s", l.own(), name)
	found, err := l.clients.CoreV1().ConfigMaps(l.own()).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return []Point{{Name: "config", Says: called + " does not exist, and the webhook's Pods need it to start", Advice: "Apply Rollguard's manifest again."}}
	case err != nil:
		p := unread("config", called, err)
		p.Says += "; annotations are held against the built-in profiles and bounds"
		return []Point{p}
	}
	read, err := config.Parse([]byte(found.Data[key]))
	if err != nil {
		return []Point{{
			Name: "config", Says: fmt.Sprintf("%s, %s: %v", called, key, err),
			Advice: "Mend it: a webhook that runs keeps the last good one, and one that starts refuses to.",
		}}
	}
	l.config = read
	return []Point{{Name: "config", OK: true, Says: called + " is a configuration file without errors"}}
}

// configFile is the ConfigMap and the key in it that the webhook's flag --config leads to,
// "" where it has none from a ConfigMap.
func (l *look) configFile() (name, key string) {
	if l.deployment == nil {
		return "", ""
	}
	pod := &l.deployment.Spec.Template.Spec
	for _, c := range pod.Containers {
		file := ""
		for _, arg := range c.Args {
			if value, ok := strings.CutPrefix(arg, "--config="); ok {
				file = value
			}
		}
		for _, mount := range c.VolumeMounts {
			if file == "" || path.Clean(mount.MountPath) != path.Dir(file) {
				continue
			}
			for _, v := range pod.Volumes {
				if v.Name == mount.Name && v.ConfigMap != nil {
					return v.ConfigMap.Name, path.Base(file)
				}
			}
		}
	}
	return "", ""
}
