# Lamella's everyday commands. `make` alone lists them.

VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements/dev.lock
WHEELS := $(VENV)/wheels
LOCKED := $(VENV)/.locked
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup run test test-engines check bench bench-engines lock clean

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Create .venv from the lock and fetch the embedding model (once)

run: setup  ## Run the demo (ONCE=1: print it and leave)
	@$(BIN)/lamella demo

test: setup  ## Run the tests
	@$(BIN)/pytest

test-engines: setup  ## Run the tests on DynamoDB Local and OpenSearch alone
	@$(BIN)/pytest -m engines

check: setup  ## Lint, formatting, types, then the tests
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/pytest

bench: setup  ## Measure search and add, and recall with LOCOMO=<locomo10.json>
	@$(BIN)/python -m benchmarks.search
	@$(BIN)/python -m benchmarks.add
ifdef LOCOMO
	@$(BIN)/python -m benchmarks.recall --data "$(LOCOMO)"
else
	@echo "Recall not measured: make bench LOCOMO=<path of LoCoMo's locomo10.json>"
endif

bench-engines: setup  ## Measure DynamoDB Local and OpenSearch beside their bare calls
	@$(BIN)/python -m benchmarks.engines

lock: setup  ## Pin the newest versions that fit into the lock
	@$(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
		--extra local --extra aws --group dev --generate-hashes --no-annotate \
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
