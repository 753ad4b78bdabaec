# Everything runs on a fresh machine with Go, git, make and a module proxy.
# What a target needs, it builds itself, into bin/ (ignored by git). The tests of a real
# node, and make node, need Linux and root; see docs/development/testbed.md.

GO      ?= go
BIN     := bin
# The version that the programs show comes from git, through the build information.
BUILD   := -trimpath -buildvcs=auto -ldflags "-s -w"
PLATFORMS := amd64 arm64
LINT    := $(BIN)/golangci-lint
SBOM    := $(BIN)/cyclonedx-gomod
IMAGE   ?= rollguard:latest
# The architecture of the image. Nothing of it is run to build it, so that any machine can build both.
ARCH     = $(shell $(GO) env GOARCH)
ARCHIVE ?=
FUZZTIME ?= 30s
ONCE    ?=
PLAN    ?= full
EXPERIMENT ?= docs/experiment
GENERATED := docs/reference deploy/rollguard.yaml deploy/helm/rollguard/README.md

export CGO_ENABLED := 0

.DEFAULT_GOAL := help
.PHONY: help run test lint verify generate build image krew load sbom bench bench-scale bench-audit experiment kube node fuzz clean

help: ## show this help
	@echo "usage: make TARGET"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: programs kube ## do the main job on a local API server (ONCE=1: show it and end)
	@$(GO) build -o $(BIN)/demo ./test/demo
	@exec $(BIN)/demo -bin $(BIN) $(if $(ONCE),-once)

test: kube helm helm3 k6 node-binaries certmanager kube-router ## run all tests, also those against a real API server and node
	$(GO) test -timeout 20m ./...

verify: lint ## formatting, lint, generated files, tidy modules, import order
	@unformatted=$$(git ls-files '*.go' | xargs gofmt -l); if [ -n "$$unformatted" ]; then echo "not formatted: $$unformatted"; exit 1; fi
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(GO) test -count=1 ./test/arch
	@$(MAKE) --no-print-directory generate
	@changed=$$(git status --porcelain -- $(GENERATED)); if [ -n "$$changed" ]; then echo "generated files differ, commit what make generate wrote:"; git --no-pager diff -- $(GENERATED); echo "$$changed"; exit 1; fi
	@echo "verify: fine"

lint: $(LINT) ## run the linters of .golangci.yml
	$(LINT) run ./...

generate: helm ## write what follows from code and chart: reference pages, plain manifest
	$(GO) run ./test/generate

build: programs ## build the static programs for this machine, into bin/

.PHONY: linux
linux:
	@for arch in $(PLATFORMS); do \
		echo "building $(BIN)/linux-$$arch/rollguard-webhook"; \
		GOOS=linux GOARCH=$$arch $(GO) build $(BUILD) -o $(BIN)/linux-$$arch/ ./cmd/rollguard-webhook ./cmd/rollguard || exit 1; \
	done

.PHONY: programs
programs:
	@$(GO) build $(BUILD) -o $(BIN)/ ./cmd/rollguard-webhook ./cmd/rollguard

image: PLATFORMS = $(ARCH)
image: linux ## build the container image with docker, podman or buildah (ARCH=arm64; ARCHIVE=FILE: also as a file)
	@ARCH=$(ARCH) .ci/image $(IMAGE) $(ARCHIVE)

krew: ## archives of the kubectl plugin and its krew manifest, into bin/krew (VERSION, URL, HOMEPAGE)
	@$(GO) run ./test/krew -version '$(VERSION)' -url '$(URL)' -homepage '$(HOMEPAGE)' -o $(BIN)/krew

bench: programs kube ## time and memory of a request beside the alternatives
	@$(GO) run ./test/bench/cmd/rollbench
	@$(GO) run ./test/bench/cmd/idlerss -bin $(BIN)

load: programs kube ## replace replicas and certificates under load, failurePolicy Fail (about 12 minutes)
	@$(GO) build -o $(BIN)/loadtest ./test/load/cmd/loadtest
	@exec $(BIN)/loadtest -bin $(BIN)

sbom: linux $(SBOM) ## list what is in the programs of the image, as CycloneDX
	@for arch in $(PLATFORMS); do .ci/sbom $(SBOM) $$arch $(BIN)/linux-$$arch/rollguard-webhook $(BIN)/linux-$$arch/sbom.json || exit 1; done

bench-scale: programs kube ## memory and time in a cluster of 4,000 namespaces (about 4 minutes)
	@$(GO) build -o $(BIN)/scalebench ./test/bench/cmd/scalebench
	@exec $(BIN)/scalebench -bin $(BIN)

bench-audit: programs kube ## time and memory of rollguard audit in that cluster
	@$(GO) build -o $(BIN)/scalebench ./test/bench/cmd/scalebench
	@exec $(BIN)/scalebench -bin $(BIN) -audit

experiment: node-binaries k6 ## roll Deployments under load, with and without Rollguard (PLAN=full, 70 minutes; core, 45; quick, 15)
	@$(GO) build -o $(BIN)/experiment ./test/rollout/cmd/experiment
	@exec nice -n -10 $(BIN)/experiment -profile $(PLAN) -out $(EXPERIMENT)

fuzz: ## run each fuzz target for FUZZTIME
	@.ci/fuzz $(FUZZTIME)

kube: ## build etcd, kube-apiserver and kubectl into bin/kube (about 7 minutes, once)
	@$(GO) run ./test/kube/cmd/kubebuild -o $(BIN)/kube > /dev/null

node: node-binaries ## run a cluster of one real node for kubectl, until Ctrl-C (Linux, root)
	@$(GO) build -o $(BIN)/kubenode ./test/kube/cmd/kubenode
	@exec $(BIN)/kubenode up

.PHONY: node-binaries
node-binaries: kube
	@$(GO) run ./test/kube/cmd/kubebuild -o $(BIN)/kube node > /dev/null

.PHONY: helm
helm:
	@$(GO) run ./test/kube/cmd/kubebuild -o $(BIN)/kube helm > /dev/null

.PHONY: helm3
helm3:
	@$(GO) run ./test/kube/cmd/kubebuild -o $(BIN)/kube helm3 > /dev/null

.PHONY: certmanager
certmanager:
	@$(GO) run ./test/kube/cmd/kubebuild -o $(BIN)/kube certmanager > /dev/null

.PHONY: kube-router
kube-router:
	@$(GO) run ./test/kube/cmd/kubebuild -o $(BIN)/kube kube-router > /dev/null

.PHONY: k6
k6:
	@$(GO) run ./test/kube/cmd/kubebuild -o $(BIN)/kube k6 > /dev/null

$(LINT): test/tools/go.mod
	@echo "building the linter (a minute or two, once)"
	@cd test/tools && $(GO) build -o ../../$(LINT) github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(SBOM): test/tools/sbom/go.mod
	@cd test/tools/sbom && $(GO) build -o $(abspath $(SBOM)) github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod

clean: ## remove what was built, but for the Kubernetes binaries
	@find $(BIN) -mindepth 1 -maxdepth 1 ! -name kube -exec rm -rf {} + 2>/dev/null || true
