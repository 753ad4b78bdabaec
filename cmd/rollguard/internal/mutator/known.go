package mutator

import "strings"

// known is what is known of a webhook by its name.
type known struct {
	// product is whose it is, "" for a webhook that is not known.
	product string
	// does says as a clause what may conflict, "" where it touches nothing that Rollguard
	// sets.
	does, advice string
	// evictions says that it is asked about Pods that go.
	evictions bool
	// engine says that it does what policies tell it, which are read by themselves.
	engine bool
}

// meshAdvice holds for every mesh; policy.MeshStopsFirst is the finding.
const meshAdvice = "Let the proxy be a native sidecar; rollguard explain says where a Pod template tells that it is none (MeshStopsFirst, MeshMayStopFirst)."

// recognize knows a webhook by its name, or by that of its configuration. Those that every EKS cluster has touch nothing of
// ours and are known for that, so that nobody looks at them again and again.
func recognize(configuration, name string) known {
	switch {
	case strings.HasSuffix(name, "sidecar-injector.istio.io"): // manifests/charts/istio-control/istio-discovery
		return known{product: "Istio", does: "may add a proxy to Pods, which as an ordinary container stops while the application still sleeps, and ask the application's HTTP probes itself", advice: meshAdvice}
	case name == "linkerd-proxy-injector.linkerd.io": // charts/linkerd-control-plane, proxy-injector-rbac.yaml
		return known{product: "Linkerd", does: "may add a proxy to Pods, which as an ordinary container stops while the application still sleeps", advice: meshAdvice}
	case strings.HasSuffix(name, ".pod-graceful-drain.io"): // charts/pod-graceful-drain/templates/webhook.yaml
		return known{
			product: "pod-graceful-drain", evictions: true,
			does:   "holds back the deletion of Pods until the load balancer has let go of them, and the preStop sleep comes after that: a Pod lives on for both",
			advice: "One of the two is enough. Leave a namespace to Rollguard by pod-graceful-drain's namespaceSelector, and its Pods go sooner.",
		}
	case strings.Contains(name, ".kyverno.svc-"): // mutate.kyverno.svc-fail, mpol.mutate.kyverno.svc-ignore
		return known{product: "Kyverno", engine: true}
	case name == "mutation.gatekeeper.sh":
		return known{product: "Gatekeeper", engine: true}
	case name == "mpod.elbv2.k8s.aws": // the readiness gate, which pkg/policy counts with
		return known{product: "AWS Load Balancer Controller"}
	case name == "iam-for-pods.amazonaws.com", name == "pod-identity-webhook.amazonaws.com", name == "mpod.vpc.k8s.aws",
		configuration == "0500-amazon-eks-fargate-mutation.amazonaws.com":
		return known{product: "Amazon EKS"}
	}
	return known{}
}
