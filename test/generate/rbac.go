package main

import (
	"fmt"
	"strings"

	"github.com/rollguard/rollguard/pkg/cluster"
)

const rbacIntro = `# What Rollguard may read, and why

Rollguard lists and watches these resources in all namespaces, and keeps of each object only the fields in use. It
writes nothing of them. test/arch checks that the ClusterRoles in deploy/rollguard.yaml have these rights and no others.

Resources marked *optional* come with a CustomResourceDefinition. They may be absent, appear and go while Rollguard runs:
within about three seconds (ten, before Kubernetes 1.30) it watches them, or stops watching, without a restart. If the right is missing, Rollguard serves
all the same, says in its log once that the kind cannot be read, and warns with the finding ExposureUnclear wherever the kind could
have made a difference. The same goes for a kind that is served only in versions that Rollguard does not read. After the right is granted, reading resumes by itself within about half a minute.

| API group | resource | | read for |
| --- | --- | --- | --- |
`

const rbacRest = `
The verbs are %s.

Beside these:

| what | verbs | for |
| --- | --- | --- |
| discovery: /version, /apis (its ETag only), and /apis/GROUP and /apis/GROUP/VERSION of the optional resources | get | whether an optional kind exists, and in which versions; the API server's version. Every authenticated client may (ClusterRole system:discovery), so the manifest does not grant it |
| mutatingwebhookconfigurations, the one named rollguard | get, list, watch; patch | seeing when it changes and whether it is as it should be ([self-probe](posture.md#self-probe)); patch: keeping its CA bundle right, only with self-signed certificates. Without the self-probe, and not self-signed, nothing of it |
| deployments | list, in pages | finding those that admission did not see ([posture](posture.md)); none is cached or watched |
| events | create | telling of them, of a configuration file that was refused, and of a certificate that is not renewed |
| leases in its own namespace, the one named rollguard | get, update | one replica does that search |
| deployments in the namespace rollguard-probe | create, dry run only | the self-probe |
| deployments, in the ClusterRole rollguard-repair, which is bound to nobody until you do | patch | repairs, where a namespace asks for them |
| secrets in its own namespace, the one named rollguard-certificates | get, list, watch, patch; create | its certificates; only self-signed ones |
| certificates.cert-manager.io in its own namespace, the one named rollguard-tls | get, list, watch | why cert-manager has not issued or renewed it; only with certificates from cert-manager |

## What a stolen token can do

More than Rollguard does with it. Whoever has the token of its ServiceAccount can

* **with self-signed certificates, change the MutatingWebhookConfiguration named rollguard as he likes**: RBAC cannot limit
  the right to the CA bundle. He can switch Rollguard off, but also add a webhook for all resources with a URL of his own, and then read
  every Secret that is written and change any Pod. That is as good as the cluster. With certificates from cert-manager or from files
  there is no such right (get, list and watch only): take one of these where that matters;
* with self-signed certificates, create Secrets of any name in Rollguard's namespace (RBAC cannot limit create to a
  name), and read the key by which API servers know Rollguard;
* create Events in all namespaces, that say anything;
* create Deployments, and so Pods, in the namespace rollguard-probe: that the probe only makes dry runs is our code's doing,
  RBAC cannot say so;
* read all that is named above. No Secret but its own is among it.
`

func rbac() string {
	var b strings.Builder
	fmt.Fprintf(&b, generated, "pkg/cluster")
	b.WriteString(rbacIntro)
	for _, r := range cluster.Reads() {
		group, optional := "`"+r.Group+"`", ""
		if r.Group == "" {
			group = "core"
		}
		if r.Optional {
			optional = "optional"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", group, r.Resource, optional, r.Why)
	}
	fmt.Fprintf(&b, rbacRest, strings.Join(cluster.Verbs(), ", "))
	return b.String()
}
