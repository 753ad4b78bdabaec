package docs

// walk is a page whose commands are run, in order.
type walk struct {
	page string
	// before are commands that make what the page takes for given.
	before string
	// replace are words of the page that stand for something of the reader's, and what is
	// taken for them, in turn.
	replace []string
	// codes are the exit codes of commands that do not end with 0.
	codes map[string]int
	// after are commands that fail where the page did not do what it promises.
	after string
	// serve are commands that go on until they are interrupted.
	serve []string
}

// What pages take for given.
const (
	// repository has the reader at the root of the repository.
	repository = `ln -s "$ROOT/deploy" deploy
`
	// shop is a namespace with a Deployment behind an ALB, for which nobody asked for anything.
	shop = `kubectl create namespace shop
kubectl apply -f "$ROOT/deploy/examples/shop/2-ingress.yaml" -f "$ROOT/deploy/examples/shop/3-deployment.yaml"
`
	// installed is Rollguard. No Pods run in this cluster: check says so, with the code 1.
	installed = `helm install rollguard "$ROOT/deploy/helm/rollguard" -n rollguard --create-namespace --set image.repository=registry.example/rollguard
`
	// writtenByPolicy has the policy complete that Deployment, with a change of its Pods. API
	// servers follow a new policy after a moment.
	writtenByPolicy = `kubectl label namespace shop rollguard.io/inject=enabled
rollguard policy export | kubectl apply -f -
for n in $(seq 200); do
	kubectl -n shop set env deployment/web "TRY=$n"
	if kubectl -n shop get deployment web -o jsonpath='{..lifecycle}' | grep sleep; then exit 0; fi
done
exit 1
`
	// takenOut holds that what the API server has by default is there again. A policy that was
	// deleted is followed for a moment more, so the page's patch may have come too early.
	takenOut = `for n in $(seq 200); do
	found=$(kubectl -n shop get deployment web -o jsonpath='{..terminationGracePeriodSeconds} {..lifecycle} {..maxUnavailable}')
	if [ "$found" = '30  25%' ]; then exit 0; fi
	kubectl -n shop patch deployment web -p '{"spec": {"strategy": null, "template": {"spec": {"terminationGracePeriodSeconds": null, "containers": [{"name": "app", "lifecycle": null}]}}}}'
done
echo "grace period, lifecycle and maxUnavailable: $found"
exit 1
`
	// manifests are the reader's own, beside a chart and an overlay.
	manifests = `ln -s "$ROOT/deploy/examples/shop" deploy
ln -s "$ROOT/test/pipelines/testdata/chart" chart
mkdir overlays
ln -s "$ROOT/test/pipelines/testdata/kustomize/overlay" overlays/production
`
)

func walks() []walk {
	return append(guides(), walk{
		page: "README.md", before: repository + shop,
		codes: map[string]int{
			"rollguard render -f deploy/examples/shop -o diff": 1, // something differs
			"rollguard audit -A": 1, "rollguard status -A": 1, // a Deployment is not guarded
			"rollguard explain deployment/web -n shop": 1, // nor is it completed there
			"rollguard check":                          1,
		},
	}, walk{
		page: "docs/experiment/method.md", before: repository + shop,
		replace: []string{"FILE", "~/.kube/config", "-start-up 8s", "-start-up 1s"},
		serve: []string{
			"bin/app -listen 127.0.0.1:8080 -start-up 8s -latency 100ms -on-term drain",
			"bin/albmodel -kubeconfig FILE -namespace shop -ingress web -listen 127.0.0.1:8000",
		},
	}, walk{
		// The examples of the commands' help.
		page: "docs/reference/cli.md",
		before: manifests + `kubectl create namespace shop
kubectl create namespace blog
kubectl config set-context production --cluster=rollguard-test --user=rollguard-test
{ cat deploy/2-ingress.yaml; echo ---; cat deploy/3-deployment.yaml; } > shop.yaml
echo 'resources: [shop.yaml]' > kustomization.yaml
rollguard render -f shop.yaml --assume-enabled | kubectl create -f -
mkdir -p ~/.config/fish/completions
`,
		// Nobody is there to be asked, and folders of the machine are not ours. An apply would
		// state what strip is to take out; the guides apply for real.
		replace: []string{"--apply", "--apply --yes", "/etc/bash_completion.d/", "./", "kubectl apply", "kubectl apply --dry-run=server"},
		codes: map[string]int{
			"rollguard render -f deploy/ -o diff": 1,                                                    // something differs
			"rollguard check":                     1, "rollguard check --context production -o json": 1, // nothing is installed
		},
	}, walk{
		page: "docs/reference/check.md", before: installed,
		codes: map[string]int{"rollguard check": 1}, // nothing answers here
	}, walk{
		page: "docs/reference/posture.md", before: installed + "kubectl create namespace shop",
	}, walk{
		page: "docs/release.md", before: repository + installed,
		replace: []string{"sha256:DIGEST", "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
	})
}

// guides are the walks through docs/guides.
func guides() []walk {
	return []walk{{
		page: "docs/guides/client-certificates.md", before: repository + installed + "echo certificate > ca.crt",
	}, {
		page: "docs/guides/eks.md", before: repository + "kubectl create namespace shop",
	}, {
		page: "docs/guides/for-application-teams.md", before: repository + shop,
		replace: []string{"FOLDER", "deploy/examples/shop"},
		codes: map[string]int{
			"rollguard render -f FOLDER -o diff --assume-enabled": 1, // something differs
			"rollguard explain deployment/web -n shop":            1, // both races are open
		},
	}, {
		page: "docs/guides/for-platform-teams.md", before: shop + installed,
		codes: map[string]int{
			"rollguard audit -A": 1, "rollguard status -A": 1, // a Deployment is not guarded
			"rollguard check": 1,
		},
	}, {
		// The rest of this page is run by test/pods.
		page: "docs/guides/getting-started.md", before: `mkdir bin
ln -s "$(command -v rollguard)" bin/rollguard
kubectl create namespace shop
` + installed,
	}, {
		// What Rollguard wrote is exported again.
		page: "docs/guides/gitops.md", before: `rollguard render -f "$ROOT/deploy/examples/shop" --assume-enabled | kubectl create -f -
`,
	}, {
		page: "docs/guides/install.md", before: "kubectl create namespace shop",
	}, {
		page: "docs/guides/measure-your-own.md", before: shop,
		// It asks, and nobody answers; test/rollout/cmd/rollguard-experiment goes on from there.
		codes: map[string]int{"bin/rollguard-experiment -url https://shop.example.com/api/ping -namespace shop -deployment web": 2},
	}, {
		page: "docs/guides/native-policy.md", before: shop + writtenByPolicy,
		after: takenOut,
	}, {
		page: "docs/guides/pipelines.md", before: manifests + "cp deploy/1-namespace.yaml namespace.yaml",
		replace: []string{
			"deploy/helm-post-renderer", `"$ROOT/deploy/helm-post-renderer"`,
			// Helm 3 has another name here.
			"helm upgrade --install shop ./chart --post-renderer rollguard --post-renderer-args",
			"helm3 upgrade --install shop ./chart --post-renderer rollguard --post-renderer-args",
		},
	}, {
		page: "docs/guides/runbook.md", before: repository + installed,
	}, {
		page: "docs/guides/why-rollouts-lose-requests.md", before: shop,
		codes: map[string]int{"rollguard explain deployment/web -n shop": 1}, // both races are open
	}}
}
