package live

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/yaml"
)

// errNoCluster says what to do, as the library does not.
var errNoCluster = errors.New("which cluster: there is no kubeconfig; name one with --kubeconfig or $KUBECONFIG, or files with -f where the command takes them")

// another is what to do where a file is not good.
const another = "name another with --kubeconfig or $KUBECONFIG"

// noCluster says why there is no cluster to ask, where that is plain from the kubeconfig's
// files and what was asked for: the library's words are for those who know it. For all
// else the error is the library's.
func (f *Flags) noCluster(rules *clientcmd.ClientConfigLoadingRules, err error) error {
	if plain := f.badFile(rules); plain != nil {
		return plain
	}
	read, loadErr := rules.Load()
	if loadErr != nil {
		return fmt.Errorf("which cluster: %w", err)
	}
	if plain := f.unnamed(read); plain != nil {
		return plain
	}
	if clientcmd.IsEmptyConfig(err) {
		return fmt.Errorf("which cluster: %s names none; name another kubeconfig with --kubeconfig or $KUBECONFIG", strings.Join(present(rules), ", "))
	}
	if clientcmd.IsConfigurationInvalid(err) {
		text := strings.TrimPrefix(err.Error(), "invalid configuration: ")
		return fmt.Errorf("which cluster: the kubeconfig cannot be used: %s", strings.Trim(text, "[]"))
	}
	return fmt.Errorf("which cluster: %w", err)
}

// badFile tells of files that are not there, or are no kubeconfig.
func (f *Flags) badFile(rules *clientcmd.ClientConfigLoadingRules) error {
	for _, path := range present(rules) {
		if why := notKubeconfig(path); why != "" {
			return fmt.Errorf("which cluster: %s %s; %s", path, why, another)
		}
	}
	switch paths := os.Getenv(clientcmd.RecommendedConfigPathEnvVar); {
	case len(present(rules)) > 0:
		return nil
	case f.kubeconfig != "":
		return fmt.Errorf("which cluster: there is no kubeconfig at %s, which --kubeconfig names", f.kubeconfig)
	case paths != "":
		return fmt.Errorf("which cluster: there is no kubeconfig at %s, which $%s names", paths, clientcmd.RecommendedConfigPathEnvVar)
	}
	return errNoCluster
}

// present are the files that are read, without those that do not exist.
func present(rules *clientcmd.ClientConfigLoadingRules) []string {
	return slices.DeleteFunc(slices.Clone(rules.GetLoadingPrecedence()), func(path string) bool {
		_, err := os.Stat(path)
		return path == "" || errors.Is(err, fs.ErrNotExist)
	})
}

// notKubeconfig says why a file cannot be used, "" where it can.
func notKubeconfig(path string) string {
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, syscall.EISDIR):
		return "cannot be read: it is a folder"
	case err != nil:
		return "cannot be read: " + errors.Unwrap(err).Error()
	}
	if _, err := clientcmd.Load(raw); err == nil {
		return ""
	}
	var head struct{ Kind string }
	var tree any
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		_, why, _ := strings.Cut(err.Error(), "yaml: ")
		return "is no kubeconfig: " + why
	}
	if err := yaml.Unmarshal(raw, &head); err != nil || head.Kind != "Config" {
		return "is no kubeconfig: it has no kind: Config"
	}
	return "is no kubeconfig that is understood: see kubectl config view"
}

// unnamed tells of a context, cluster or user that the kubeconfig does not have.
func (f *Flags) unnamed(read *clientcmdapi.Config) error {
	const has = "which cluster: the kubeconfig has no "
	name := f.overrides.CurrentContext
	if name == "" {
		name = read.CurrentContext
	}
	context, found := read.Contexts[name]
	switch {
	case found:
	case len(read.Contexts) == 0:
		return nil
	case name == "":
		return fmt.Errorf(has+"current context; name one with --context: %s", listed(read.Contexts))
	default:
		return fmt.Errorf(has+"context %s; name one with --context: %s", name, listed(read.Contexts))
	}
	return errors.Join(
		one(read.Clusters, reference{"cluster", f.overrides.Context.Cluster, context.Cluster, name}),
		one(read.AuthInfos, reference{"user", f.overrides.Context.AuthInfo, context.AuthInfo, name}),
	)
}

// reference is the name of a cluster or user: by a flag, or of the context.
type reference struct{ kind, flag, of, context string }

// one tells of a reference to nothing.
func one[T any](all map[string]T, r reference) error {
	name, by := r.flag, ""
	if name == "" {
		name, by = r.of, ", which context "+r.context+" names"
	}
	if _, found := all[name]; found || name == "" {
		return nil
	}
	return fmt.Errorf("which cluster: the kubeconfig has no %s %s%s; name one with --%s: %s", r.kind, name, by, r.kind, listed(all))
}

// listed are the names there are.
func listed[T any](all map[string]T) string {
	return strings.Join(slices.Sorted(maps.Keys(all)), ", ")
}
