package live

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"k8s.io/client-go/tools/clientcmd"
)

// patience is how long a shell waits for names. The programs by which clouds make tokens,
// such as "aws eks get-token", take a second or two of it.
const patience = 3 * time.Second

// DeploymentNames are the names of the Deployments of a namespace, or of the context's with
// "". Like all that is asked for by a shell, they are none where the cluster does not answer
// soon, or not to this person.
func (f *Flags) DeploymentNames(ctx context.Context, namespace string) []string {
	return f.names(ctx, func(c *Cluster) string {
		if namespace == "" {
			namespace = c.Namespace
		}
		r := deployments()
		return r.in(r.paths[0], namespace)
	})
}

// NamespaceNames are the names of all namespaces, none where they are not to be had.
func (f *Flags) NamespaceNames(ctx context.Context) []string {
	return f.names(ctx, func(*Cluster) string {
		r := namespaces()
		return r.in(r.paths[0], Everywhere)
	})
}

// ConfigNames are what the kubeconfig calls its contexts, clusters and users; none where it
// cannot be read.
func (f *Flags) ConfigNames() (contexts, clusters, users []string) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = f.kubeconfig
	config, err := rules.Load()
	if err != nil {
		return nil, nil, nil
	}
	return slices.Sorted(maps.Keys(config.Contexts)), slices.Sorted(maps.Keys(config.Clusters)), slices.Sorted(maps.Keys(config.AuthInfos))
}

// names lists the names of one collection. The program that makes a token knows no
// deadline, so that it is not waited for is seen to here.
func (f *Flags) names(ctx context.Context, path func(*Cluster) string) []string {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found := make(chan []string, 1)
	go func() {
		c, err := f.Connect()
		if err != nil {
			found <- nil
			return
		}
		found <- c.names(ctx, path(c))
	}()
	select {
	case names := <-found:
		return names
	case <-ctx.Done():
		return nil
	}
}

// mostNames bounds what a shell is offered: nobody reads more.
const mostNames = 5_000

// metadataOnly asks for the names of objects without their specs (Kubernetes API concepts,
// "metadata-only fetches").
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

func (c *Cluster) names(ctx context.Context, path string) []string {
	req := c.clients.Discovery().RESTClient().Get().AbsPath(path).Param("limit", strconv.Itoa(mostNames)).SetHeader("Accept", metadataOnly)
	raw, err := req.Do(ctx).Raw()
	if err != nil {
		return nil
	}
	var list struct {
		Items []struct{ Metadata struct{ Name string } }
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil
	}
	names := make([]string, len(list.Items))
	for i := range list.Items {
		names[i] = list.Items[i].Metadata.Name
	}
	return names
}
